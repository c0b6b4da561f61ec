/// One alternative of a dependency: `libc6 (>= 2.34)`, `python3:any`, `foo [amd64] <!nocheck>`.
struct PackageRelation: Hashable {
    var name: String
    /// After the colon: `any`, `native`, an architecture.
    var qualifier: String?
    /// `<<`, `<=`, `=`, `>=`, `>>`.
    var relation: String?
    var version: String?
    /// Only there, or not there with `!`.
    var architectures: [String] = []

    /// The alternatives of every dependency in a field: commas part dependencies, bars part alternatives. What cannot be
    /// read is left out.
    static func parse(_ field: String) -> [[PackageRelation]] {
        field.split(separator: ",").compactMap { dependency in
            let alternatives = dependency.split(separator: "|").compactMap { PackageRelation(String($0)) }
            return alternatives.isEmpty ? nil : alternatives
        }
    }

    init?(_ text: String) {
        var scanner = RelationScanner(text)
        let nameAndQualifier = scanner.word(until: "([<")
        let parts = nameAndQualifier.split(separator: ":", maxSplits: 1)
        guard let name = parts.first, nameAndQualifier.first != ":" else { return nil }
        self.name = String(name)
        if parts.count > 1 { qualifier = String(parts[1]) }
        if let version = scanner.bracket("(", ")") {
            let sign = version.prefix { "<>=".contains($0) }
            let rest = version.dropFirst(sign.count).drop { $0 == " " }
            guard !sign.isEmpty, !rest.isEmpty else { return }
            // `<` and `>` alone are old spellings of the forms that include equality.
            relation = sign == "<" ? "<=" : sign == ">" ? ">=" : String(sign)
            self.version = String(rest)
        }
        if let list = scanner.bracket("[", "]") { architectures = list.split(separator: " ").map(String.init) }
    }
}

private struct RelationScanner {
    private var rest: Substring

    init(_ text: String) {
        rest = text.drop { $0.isWhitespace }[...]
    }

    mutating func word(until stops: String) -> Substring {
        let word = rest.prefix { !$0.isWhitespace && !stops.contains($0) }
        rest = rest.dropFirst(word.count).drop { $0.isWhitespace }
        return word
    }

    /// What stands in a pair of brackets, if one comes next.
    mutating func bracket(_ open: Character, _ close: Character) -> Substring? {
        guard rest.first == open, let end = rest.firstIndex(of: close) else { return nil }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...].drop { $0.isWhitespace }
        return inside.drop { $0.isWhitespace }
    }
}
