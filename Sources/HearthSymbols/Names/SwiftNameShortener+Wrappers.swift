extension SwiftNameShortener {
    /// What stands before the name of a function that it is a form of, and whether it only passes a call on.
    private static let wrappers: [(words: StaticString, isThunk: Bool)] = [
        ("merged ", false),
        ("partial apply forwarder for ", true),
        ("partial apply ObjC forwarder for ", true),
        ("dispatch thunk of ", true),
        ("curry thunk of ", true),
        ("distributed thunk ", true),
        ("distributed accessor for ", true),
        ("back deployment thunk for ", true),
        ("back deployment fallback for ", false),
        ("dynamically replaceable thunk for ", true),
        ("protocol self-conformance witness for ", true),
        ("@objc ", true),
        ("@nonobjc ", false),
        ("async function pointer to ", false),
        ("coro function pointer to ", false),
        ("override ", false),
        ("super ", false),
    ]

    /// The same name with one wrapper less; nil when it has none.
    mutating func withoutWrapper(_ range: Range<Int>) -> Range<Int>? {
        let (start, end) = (range.lowerBound, range.upperBound)
        for wrapper in Self.wrappers where text.has(wrapper.words, at: start, before: end) {
            isThunk = isThunk || wrapper.isThunk
            return start + wrapper.words.utf8CodeUnitCount..<end
        }
        return withoutResumePart(range) ?? withoutSpecialization(range) ?? withoutDispatch(range)
    }

    /// `(2) await resume partial function for f() async -> ()`
    private func withoutResumePart(_ range: Range<Int>) -> Range<Int>? {
        let (start, end) = (range.lowerBound, range.upperBound)
        guard text.byte(start, before: end) == UInt8(ascii: "(") else { return nil }
        let digits = text.endOfDigits(at: start + 1, before: end)
        guard digits > start + 1 else { return nil }
        for words: StaticString in [") await resume partial function for ", ") suspend resume partial function for "]
        where text.has(words, at: digits, before: end) {
            return digits + words.utf8CodeUnitCount..<end
        }
        return nil
    }

    /// `generic specialization <Swift.Int> of f<A>(A) -> ()`
    private func withoutSpecialization(_ range: Range<Int>) -> Range<Int>? {
        let (start, end) = (range.lowerBound, range.upperBound)
        let kinds: [StaticString] = [
            "generic ", "function signature specialization ", "inlined generic ", "pre-specialized ", "prespecialized ",
        ]
        guard kinds.contains(where: { text.has($0, at: start, before: end) }),
            let open = text.find(" <", in: range), open - start < 64
        else { return nil }
        if let close = text.endOfBrackets(at: open + 1, before: end), text.has(" of ", at: close, before: end) {
            return close + 4..<end
        }
        // The name of an operator inside upsets the count of brackets.
        return text.find("> of ", in: open..<end).map { $0 + 5..<end }
    }

    /// `vtable thunk for f() dispatching to g()`
    private mutating func withoutDispatch(_ range: Range<Int>) -> Range<Int>? {
        guard text.has("vtable thunk for ", at: range.lowerBound, before: range.upperBound),
            let target = text.find(" dispatching to ", in: range)
        else { return nil }
        isThunk = true
        return target + 16..<range.upperBound
    }

    // MARK: Names of other kinds

    /// What stands before a function in a name of its own, and how it is said here.
    private static let attributes: [(words: StaticString, short: String, isThunk: Bool)] = [
        ("variable initialization expression of ", "initial value of ", false),
        ("property wrapper backing initializer of ", "initial value of ", false),
        ("one-time initialization function for ", "one-time initialization of ", false),
        ("key path getter for ", "key path getter for ", true),
        ("key path setter for ", "key path setter for ", true),
        ("method lookup function for ", "method lookup for ", false),
    ]

    mutating func specialName(_ range: Range<Int>, depth: Int) -> Name? {
        let (start, end) = (range.lowerBound, range.upperBound)
        if text.has("protocol witness for ", at: start, before: end) {
            return protocolWitness(start + 21..<end, depth: depth)
        }
        if text.has("reabstraction thunk", at: start, before: end) {
            isThunk = true
            return Name(member: "reabstraction thunk")
        }
        for attribute in Self.attributes where text.has(attribute.words, at: start, before: end) {
            isThunk = isThunk || attribute.isThunk
            let rest = name(start + attribute.words.utf8CodeUnitCount..<end, depth: depth + 1)
            return Name(member: attribute.short + rest.text)
        }
        if text.has("default argument ", at: start, before: end), let of = text.find(" of ", in: range) {
            return Name(member: text.string(start..<of + 4) + name(of + 4..<end, depth: depth + 1).text)
        }
        if let kind = text.find(" value witness for ", in: start..<min(end, start + 64)) {
            return Name(member: "\(text.string(start..<kind)) for \(words(kind + 19..<end, depth: depth))")
        }
        if text.has("lazy protocol witness table accessor for type ", at: start, before: end),
            let and = text.find(" and conformance ", in: start + 46..<end),
            let colon = text.findOutsideBrackets(" : ", in: and + 17..<end)
        {
            let module = text.findOutsideBrackets(" in ", in: colon + 3..<end) ?? end
            return Name(
                member:
                    "witness table of \(words(start + 46..<and, depth: depth)) : \(words(colon + 3..<module, depth: depth))"
            )
        }
        return localAccessor(range, depth: depth)
    }

    /// `getter of variable #1 : Type in f()`
    private mutating func localAccessor(_ range: Range<Int>, depth: Int) -> Name? {
        let accessors: [StaticString] = ["getter of ", "setter of ", "modify of ", "read of "]
        for words in accessors where text.has(words, at: range.lowerBound, before: range.upperBound) {
            let variable = range.lowerBound + words.utf8CodeUnitCount
            var name = name(variable..<range.upperBound, depth: depth + 1)
            name.member += ".\(text.string(range.lowerBound..<variable - 4))"
            return name
        }
        return nil
    }

    /// `Swift.Equatable.== infix(A, A) -> Bool in conformance M.Type : Swift.Equatable in M`
    private mutating func protocolWitness(_ range: Range<Int>, depth: Int) -> Name {
        isThunk = true
        guard let conformance = text.find(" in conformance ", in: range) else { return name(range, depth: depth + 1) }
        var requirement = name(range.lowerBound..<conformance, depth: depth + 1)
        var type = conformance + 16..<range.upperBound
        if text.byte(type.lowerBound, before: type.upperBound) == UInt8(ascii: "<"),
            let close = text.endOfBrackets(at: type.lowerBound, before: type.upperBound),
            text.byte(close, before: type.upperBound) == UInt8(ascii: " ")
        {
            type = close + 1..<type.upperBound
        }
        let end = text.findOutsideBrackets(" : ", in: type) ?? type.upperBound
        requirement.context = words(type.lowerBound..<end, depth: depth)
        return requirement
    }

    // MARK: Words

    /// Any text with each type in it shortened: `type metadata accessor for Foundation.Data` without the module.
    mutating func words(_ range: Range<Int>, depth: Int) -> String {
        let end = range.upperBound
        var short: [UInt8] = []
        var position = range.lowerBound
        while position < end {
            guard let behind = text.endOfIdentifier(at: position, before: end) else {
                let byte = text.bytes[position]
                if byte == UInt8(ascii: "("), let name = privateName(at: position, before: end) {
                    short += text.bytes[name.name]
                    position = skippingGenerics(name.end, before: end)
                    continue
                }
                if byte == UInt8(ascii: "<"), short.isEmpty || short.last == UInt8(ascii: " "),
                    let close = text.endOfBrackets(at: position, before: end),
                    text.byte(close, before: end) == UInt8(ascii: " ")
                {
                    // `<A where A: Swift.Hashable> ` before a type.
                    position = close + 1
                    continue
                }
                if text.has("(extension in ", at: position, before: end),
                    let close = text.endOfBrackets(at: position, before: end)
                {
                    position = min(close + 1, end)
                    continue
                }
                short.append(byte)
                position += 1
                continue
            }
            if let context = localTypeContext(at: behind, before: end) {
                // `Type #1 in f() -> ()`
                let name = String(decoding: short + text.bytes[position..<behind], as: UTF8.self)
                return "\(name) in \(self.name(context..<end, depth: depth + 1).text)"
            }
            let isModule = text.byte(behind, before: end) == UInt8(ascii: ".") && !isGenericParameter(position..<behind)
            position = copyPath(from: isModule ? behind + 1 : position, before: end, to: &short)
        }
        return String(decoding: short, as: UTF8.self)
    }

    /// Copies `Type<A>.Other` without the generic arguments; returns where it ends.
    private func copyPath(from start: Int, before end: Int, to short: inout [UInt8]) -> Int {
        var position = start
        while let next = text.endOfIdentifier(at: position, before: end) {
            short += text.bytes[position..<next]
            position = skippingGenerics(next, before: end)
            guard text.byte(position, before: end) == UInt8(ascii: ".") else { break }
            short.append(UInt8(ascii: "."))
            position += 1
        }
        return position
    }

    /// Behind ` #1 in `.
    private func localTypeContext(at position: Int, before end: Int) -> Int? {
        guard text.has(" #", at: position, before: end) else { return nil }
        let digits = text.endOfDigits(at: position + 2, before: end)
        return digits > position + 2 && text.has(" in ", at: digits, before: end) ? digits + 4 : nil
    }

    /// `A`, `B1`: in `A.Element` the part before the point is no module.
    private func isGenericParameter(_ range: Range<Int>) -> Bool {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= text.bytes[range.lowerBound]
            && text.endOfDigits(at: range.lowerBound + 1, before: range.upperBound) == range.upperBound
    }
}
