/// Why a graph cannot be planned; each case names the nodes at fault.
public enum GraphError: Error, Hashable, Sendable, CustomStringConvertible {
    case emptyName
    case duplicateName(String)
    case missingInput(node: String, input: String)
    case typeMismatch(node: String, input: String, expected: ColumnType, found: ColumnType)
    /// The nodes of one cycle in the order of its edges; the last one feeds the first.
    case cycle([String])
    case unknownName(String)
    /// A source was to be kept, which whoever brings it has anyway.
    case keptSource(String)
    case inputCount(node: String, expected: Int, found: Int)

    public var description: String {
        switch self {
        case .emptyName: "a node has an empty name"
        case .duplicateName(let name): "two nodes are named '\(name)'"
        case .missingInput(let node, let input): "node '\(node)' reads '\(input)', which does not exist"
        case .typeMismatch(let node, let input, let expected, let found):
            "node '\(node)' expects \(expected) from '\(input)', which gives \(found)"
        case .cycle(let names): "nodes form a cycle: \((names + names.prefix(1)).joined(separator: " → "))"
        case .unknownName(let name): "no node is named '\(name)'"
        case .keptSource(let name): "'\(name)' is a source: only columns that nodes make are kept"
        case .inputCount(let node, let expected, let found):
            "node '\(node)' takes \(expected) input\(expected == 1 ? "" : "s") and is given \(found)"
        }
    }
}
