internal import HearthProfile

// What the compiler makes from no function of the source: helpers for types, conformances, default arguments, key paths.
extension SwiftNameShortener {
    /// What stands before a function in a name of its own, and how it is said here.
    private static let attributes: [(words: StaticString, short: String)] = [
        ("variable initialization expression of ", "initial value of "),
        ("property wrapper backing initializer of ", "initial value of "),
        ("property wrapped field init accessor of ", "initial value of "),
        ("one-time initialization function for ", "one-time initialization of "),
        ("method lookup function for ", "method lookup for "),
    ]
    private static let outlined: [StaticString] = [
        "outlined copy of ", "outlined consume of ", "outlined destroy of ", "outlined retain of ",
        "outlined release of ", "outlined init with copy of ", "outlined init with take of ",
        "outlined assign with copy of ", "outlined assign with take of ", "outlined enum get tag of ",
        "outlined enum tag store of ", "outlined enum project data for load of ",
    ]

    /// Such a name, or nil for any other. All of them begin with a word of the demangler's.
    mutating func generatedName(_ range: Range<Int>, depth: Int) -> Name? {
        guard text.startsWithWord(range) else { return nil }
        let (start, end) = (range.lowerBound, range.upperBound)
        if text.has("protocol witness for ", at: start, before: end) {
            return protocolWitness(start + 21..<end, depth: depth)
        }
        for words: StaticString in ["reabstraction thunk", "autodiff self-reordering reabstraction thunk"]
        where text.has(words, at: start, before: end) {
            mark(.bare)
            return Name(member: "reabstraction thunk")
        }
        for attribute in Self.attributes where text.has(attribute.words, at: start, before: end) {
            let rest = name(start + attribute.words.utf8CodeUnitCount..<end, depth: depth + 1)
            return Name(member: attribute.short + rest.text)
        }
        for words: StaticString in ["default argument ", "outlined variable #"]
        where text.has(words, at: start, before: end) {
            let number = start + words.utf8CodeUnitCount
            guard let of = text.find(" of ", in: number..<end), of - number < 16 else { continue }
            let prefix = text.string(start..<of).replacing("#", with: "")
            return Name(member: "\(prefix) of \(name(of + 4..<end, depth: depth + 1).text)")
        }
        if let kind = text.find(" value witness for ", in: start..<min(end, start + 64)) {
            return Name(member: "\(text.string(start..<kind)) for \(type(kind + 19..<end, depth: depth))")
        }
        for words in Self.outlined where text.has(words, at: start, before: end) {
            let behind = start + words.utf8CodeUnitCount
            return Name(member: text.string(start..<behind) + type(behind..<end, depth: depth))
        }
        return keyPathAccessor(range, depth: depth) ?? derivative(range, depth: depth)
            ?? conformanceAccessor(range, depth: depth) ?? localAccessor(range, depth: depth)
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

    /// `key path getter for M.Type.property : Swift.Int : M.Type` passes on to `Type.property.getter`.
    private mutating func keyPathAccessor(_ range: Range<Int>, depth: Int) -> Name? {
        for words: StaticString in ["key path getter for ", "key path setter for "]
        where text.has(words, at: range.lowerBound, before: range.upperBound) {
            let property = range.lowerBound + words.utf8CodeUnitCount
            guard var name = declaration(property..<range.upperBound, depth: depth + 1) else { return nil }
            mark(.namesake)
            name.member += ".\(text.string(property - 11..<property - 5))"
            return name
        }
        return nil
    }

    /// `reverse-mode derivative of f(A) -> A with respect to parameters {0} and results {0} with <A where A: P>`
    private mutating func derivative(_ range: Range<Int>, depth: Int) -> Name? {
        for words: StaticString in ["forward-mode derivative of ", "reverse-mode derivative of "]
        where text.has(words, at: range.lowerBound, before: range.upperBound) {
            let function = range.lowerBound + words.utf8CodeUnitCount
            let end = text.find(" with respect to ", in: function..<range.upperBound) ?? range.upperBound
            let name = name(function..<end, depth: depth + 1)
            return Name(member: text.string(range.lowerBound..<function) + name.text)
        }
        return nil
    }

    /// `Swift.Equatable.== infix(A, A) -> Bool in conformance M.Type : Swift.Equatable in M`
    private mutating func protocolWitness(_ range: Range<Int>, depth: Int) -> Name {
        mark(.namesake)
        guard let conformance = text.find(" in conformance ", in: range) else { return name(range, depth: depth + 1) }
        var requirement = name(range.lowerBound..<conformance, depth: depth + 1)
        let behind = conformance + 16..<range.upperBound
        let colon = text.findLastOutsideBrackets(" : ", in: behind) ?? behind.upperBound
        let conforming = typeName(behind.lowerBound..<colon, depth: depth, style: .name)
        requirement.context = conforming.member
        if !conforming.outer.isEmpty {
            requirement.module = ""
            requirement.outer = conforming.outer
        } else if let module = text.findOutsideBrackets(" in ", in: colon..<behind.upperBound) {
            // That of the conformance, where the method is as a rule.
            requirement.module = modules.prefix(text.string(module + 4..<behind.upperBound))
        }
        return requirement
    }

    // MARK: Conformances

    private static let conformances: [StaticString] = [
        "protocol witness table accessor for ", "instantiation function for generic protocol witness table for ",
        "associated type witness table accessor for ", "base witness table accessor for ",
        "default associated conformance accessor for ", "lazy protocol witness table accessor for type ",
    ]

    /// Functions that find or make the table of a conformance, all of them as `witness table of Type : Protocol`.
    private mutating func conformanceAccessor(_ range: Range<Int>, depth: Int) -> Name? {
        for (kind, words) in Self.conformances.enumerated()
        where text.has(words, at: range.lowerBound, before: range.upperBound) {
            let rest = range.lowerBound + words.utf8CodeUnitCount..<range.upperBound
            let parts: (type: String, protocol: String)?
            switch kind {
            case 0, 1: parts = conformance(rest, depth: depth)
            case 2:
                // `Swift.Collection.Index : Swift.Comparable in M.Type : Swift.Collection in M`
                parts = text.findOutsideBrackets(" in ", in: rest).flatMap { inside in
                    guard let associated = conformance(rest.lowerBound..<inside, depth: depth),
                        let outer = conformance(inside + 4..<rest.upperBound, depth: depth)
                    else { return nil }
                    let name = associated.type.split(separator: ".").last.map(String.init) ?? associated.type
                    return ("\(outer.type).\(name)", associated.protocol)
                }
            case 3:
                // `Swift.Equatable in M.Type : Swift.Hashable in M`
                parts = text.findOutsideBrackets(" in ", in: rest).flatMap { inside in
                    guard let outer = conformance(inside + 4..<rest.upperBound, depth: depth) else { return nil }
                    return (outer.type, type(rest.lowerBound..<inside, depth: depth, style: .name))
                }
            case 4:
                // `Swift.Collection.Swift.Sequence.Iterator: Swift.IteratorProtocol`
                parts = text.findOutsideBrackets(": ", in: rest).map { colon in
                    let path = text.string(rest.lowerBound..<colon).split(separator: ".")
                    return (
                        "\(path.prefix(2).last ?? "").\(path.last ?? "")",
                        type(colon + 2..<rest.upperBound, depth: depth, style: .name)
                    )
                }
            default:
                // `M.Type<Swift.Int> and conformance <A> M.Type<A> : Swift.Sequence in M`
                parts = text.findOutsideBrackets(" and conformance ", in: rest).flatMap { and in
                    guard let whole = conformance(and + 17..<rest.upperBound, depth: depth) else { return nil }
                    return (type(rest.lowerBound..<and, depth: depth), whole.protocol)
                }
            }
            return parts.map { Name(member: "witness table of \($0.type) : \($0.protocol)") }
        }
        return nil
    }

    /// `M.Type : Swift.Collection in M`, the module or not.
    private mutating func conformance(_ range: Range<Int>, depth: Int) -> (type: String, protocol: String)? {
        // The last one: in the context of a local type there may be others.
        guard let colon = text.findLastOutsideBrackets(" : ", in: range) else { return nil }
        let end = text.findOutsideBrackets(" in ", in: colon + 3..<range.upperBound) ?? range.upperBound
        return (type(range.lowerBound..<colon, depth: depth), type(colon + 3..<end, depth: depth, style: .name))
    }
}
