extension SwiftNameShortener {
    /// What of a type is told.
    enum TypeStyle {
        /// The name: `ByteBuffer`.
        case name
        /// With its module.
        case qualified
        /// With generic arguments, too, which are names in turn: `NIOCore.EventLoopFuture<ByteBuffer>`.
        case whole
    }

    /// The short name of a type. Arguments of arguments are left out; `Swift.Optional<NIOCore.IOData>` is `NIOCore.IOData?`.
    mutating func type(_ range: Range<Int>, depth: Int, style: TypeStyle = .whole) -> String {
        typeName(range, depth: depth, style: style).text
    }

    /// The same with what a local type is in apart from it.
    mutating func typeName(_ whole: Range<Int>, depth: Int, style: TypeStyle) -> Name {
        guard depth < Self.deepestContext else { return Name(member: "…") }
        let range = withoutSignature(whole)
        if let behind = text.endOfIdentifier(at: range.lowerBound, before: range.upperBound),
            let context = localTypeContext(at: behind, before: range.upperBound)
        {
            // `Type #1 in f() -> ()`
            let outer = name(context..<range.upperBound, depth: depth + 1)
            return Name(member: text.string(range.lowerBound..<behind), outer: outer.text, isLocalType: true)
        }
        if text.byte(range.lowerBound, before: range.upperBound) == UInt8(ascii: "("),
            text.endOfBrackets(at: range.lowerBound, before: range.upperBound) == range.upperBound
        {
            return Name(member: tuple(range.lowerBound + 1..<range.upperBound - 1, depth: depth))
        }
        // A type of functions is told in the compiler's own terms here.
        if text.find(" -> ", in: range) != nil, text.findOutsideBrackets(" -> ", in: range) != nil {
            return Name(member: "function")
        }
        return Name(member: words(range, depth: depth, style: style))
    }

    /// `(name: String, Int)` for the elements in `range`.
    private mutating func tuple(_ range: Range<Int>, depth: Int) -> String {
        var elements: [String] = []
        for element in elementRanges(range) {
            var start = element.lowerBound
            if let label = text.endOfIdentifier(at: start, before: element.upperBound),
                text.has(": ", at: label, before: element.upperBound)
            {
                start = label + 2
            }
            let type = typeName(start..<element.upperBound, depth: depth + 1, style: .name).member
            elements.append(text.string(element.lowerBound..<start) + type)
        }
        return "(\(elements.joined(separator: ", ")))"
    }

    /// What commas divide, brackets observed.
    private func elementRanges(_ range: Range<Int>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let end = text.findOutsideBrackets(", ", in: start..<range.upperBound) ?? range.upperBound
            ranges.append(start..<end)
            start = end + 2
        }
        return ranges
    }

    /// Without the `<A where A: Swift.Hashable>` that stands before a type in some names, a space behind it or none.
    private func withoutSignature(_ range: Range<Int>) -> Range<Int> {
        guard text.byte(range.lowerBound, before: range.upperBound) == UInt8(ascii: "<"),
            var close = text.endOfBrackets(at: range.lowerBound, before: range.upperBound)
        else { return range }
        if text.byte(close, before: range.upperBound) == UInt8(ascii: " ") { close += 1 }
        return close < range.upperBound ? close..<range.upperBound : range
    }

    /// Any text with each type in it shortened: `type metadata accessor for Foundation.Data` without the module.
    mutating func words(_ range: Range<Int>, depth: Int, style: TypeStyle = .whole) -> String {
        let end = range.upperBound
        var short: [UInt8] = []
        var position = range.lowerBound
        var extensionModule = ""
        while position < end {
            guard let behind = text.endOfIdentifier(at: position, before: end) else {
                let byte = text.bytes[position]
                if text.has("(extension in ", at: position, before: end),
                    let close = text.endOfBrackets(at: position, before: end)
                {
                    extensionModule = text.string(position + 14..<close - 1)
                    // A colon follows.
                    position = min(close + 1, end)
                } else if byte == UInt8(ascii: "("), let name = privateName(at: position, before: end) {
                    position = copyPath(from: position, before: end, to: &short, depth: depth, style: style)
                    if position < name.end { position = name.end }
                } else if byte == UInt8(ascii: "<"), short.isEmpty || short.last == UInt8(ascii: " "),
                    let close = text.endOfBrackets(at: position, before: end)
                {
                    // `<A where A: Swift.Hashable> ` before a type.
                    position = text.byte(close, before: end) == UInt8(ascii: " ") ? close + 1 : close
                } else {
                    short.append(byte)
                    position += 1
                }
                continue
            }
            if let context = localTypeContext(at: behind, before: end) {
                // `Type #1 in f() -> ()`
                let name = String(decoding: short + text.bytes[position..<behind], as: UTF8.self)
                return "\(name) in \(self.name(context..<end, depth: depth + 1).text)"
            }
            if text.byte(behind, before: end) == UInt8(ascii: "."), !isGenericParameter(text.bytes[position..<behind]) {
                let module = extensionModule.isEmpty ? text.string(position..<behind) : extensionModule
                if style != .name { short += Array(modules.prefix(module).utf8) }
                position = behind + 1
            }
            extensionModule = ""
            let copied = copyPath(from: position, before: end, to: &short, depth: depth, style: style)
            // A point that nothing follows.
            position = max(copied, behind)
        }
        return String(decoding: short, as: UTF8.self)
    }

    /// Copies `Type<A>.Other`, of the generic arguments those that say something; returns where it ends.
    private mutating func copyPath(
        from start: Int, before end: Int, to short: inout [UInt8], depth: Int, style: TypeStyle
    ) -> Int {
        var position = start
        while true {
            let name: Range<Int>
            if let next = text.endOfIdentifier(at: position, before: end) {
                name = position..<next
                position = next
            } else if let found = privateName(at: position, before: end) {
                name = found.name
                position = found.end
            } else {
                break
            }
            let behind = skippingGenerics(position, before: end)
            let isOptional = text.has("Optional<", at: name.lowerBound, before: end)
            let isSugared = isOptional || text.has("Array<", at: name.lowerBound, before: end)
            let arguments =
                style == .whole && behind > position
                ? arguments(position + 1..<behind - 1, depth: depth, style: isSugared ? .qualified : .name) : []
            if arguments.isEmpty {
                short += text.bytes[name]
            } else if arguments.count == 1, isSugared {
                short += Array((isOptional ? "\(arguments[0])?" : "[\(arguments[0])]").utf8)
            } else {
                short += text.bytes[name] + Array("<\(arguments.joined(separator: ", "))>".utf8)
            }
            position = behind
            guard text.byte(position, before: end) == UInt8(ascii: ".") else { break }
            short.append(UInt8(ascii: "."))
            position += 1
        }
        return position
    }

    /// The generic arguments in `range`; none when they are only the names of parameters, or not all on one level.
    private mutating func arguments(_ range: Range<Int>, depth: Int, style: TypeStyle) -> [String] {
        guard depth < Self.deepestContext, range.count < 512, text.find(" where ", in: range) == nil,
            text.find("><", in: range) == nil
        else { return [] }
        let arguments = elementRanges(range).map { typeName($0, depth: depth + 1, style: style).member }
        return arguments.contains { !isGenericParameter($0.utf8) } ? arguments : []
    }

    /// Behind ` #1 in `.
    private func localTypeContext(at position: Int, before end: Int) -> Int? {
        guard text.has(" #", at: position, before: end) else { return nil }
        let digits = text.endOfDigits(at: position + 2, before: end)
        return digits > position + 2 && text.has(" in ", at: digits, before: end) ? digits + 4 : nil
    }

    /// `A`, `B1`: in `A.Element` the part before the point is no module.
    private func isGenericParameter(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first else { return false }
        return name.dropFirst().allSatisfy(NameText.isDigit)
    }
}
