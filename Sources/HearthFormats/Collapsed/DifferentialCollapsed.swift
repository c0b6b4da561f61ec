package import HearthProfile

/// Collapsed stacks of two profiles: `a;b 10 12`, the base's value before the new one's, as `difffolded.pl` writes them.
package enum DifferentialCollapsed {
    /// The whole file: a comment that says what is counted, then the stacks in the order of their names.
    /// O(bytes × log stacks).
    package static func encode(
        _ stacks: [(names: [String], base: Int64, new: Int64)], type: ValueType
    ) -> [UInt8] {
        let scale = DecimalScale(of: type)
        let lines = stacks.map { stack -> (name: [UInt8], counts: String) in
            let names = stack.names.isEmpty ? ["[no stack]"] : stack.names
            let name = names.map(CollapsedName.escaped).joined(separator: [Ascii.semicolon])
            return (Array(name), " \(scale.text(stack.base)) \(scale.text(stack.new))\n")
        }
        var bytes = Array(CollapsedHeader.differentialLine(type).utf8)
        for line in lines.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            bytes += line.name
            bytes += line.counts.utf8
        }
        return bytes
    }
}
