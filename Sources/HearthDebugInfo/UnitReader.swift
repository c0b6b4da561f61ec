internal import CElfutils
internal import HearthSymbols

/// Finds the functions at some addresses of one unit, by one walk over its entries.
///
/// Of a function that holds none of the addresses the walk sees only the functions declared in it: the code of closures stands
/// elsewhere. Where scopes nest, each address keeps the innermost one.
struct UnitReader {
    /// A function with code at one of the addresses, or one inlined there.
    private struct Scope {
        var entry: DebugEntry
        /// Index of the scope around; -1 for a function with code of its own.
        var parent: Int
        /// What was looked up on first use.
        var found: (function: UInt32, callFile: UInt32, callLine: UInt32)?
    }

    private var unit: DebugEntry
    private let addresses: [UInt64]
    private var scopes: [Scope] = []
    /// For each address the innermost scope, or -1.
    private var innermost: [Int]
    private var lines: LineTable
    private var names = FunctionNames()
    /// Ranges that may still be looked at, before the unit counts as made to do harm.
    private var rangesLeft: Int

    /// Inlining nests some thirty deep in real programs, each time with a block around.
    private static let deepest = 160

    init(_ unit: DebugEntry, addresses: [UInt64]) {
        self.unit = unit
        self.addresses = addresses
        innermost = Array(repeating: -1, count: addresses.count)
        lines = LineTable(unit)
        rangesLeft = 50_000_000
    }

    /// - Parameter indexes: where the addresses of this unit stand in `result`.
    mutating func read(into result: inout SourceFrames, at indexes: [Int]) throws(DebugInfoError) {
        if let child = unit.firstChild() { try walk(child, inside: -1, depth: 0) }
        var entries: [SourceFrames.Entry] = []
        for (position, index) in indexes.enumerated() {
            entries.removeAll(keepingCapacity: true)
            var (file, line) = lines.place(of: addresses[position], in: &result)
            var current = innermost[position]
            while current >= 0 {
                let scope = resolved(current, in: &result)
                // A line of no file says nothing.
                entries.append(SourceFrames.Entry(function: scope.function, file: file, line: file == 0 ? 0 : line))
                (file, line) = (scope.callFile, scope.callLine)
                current = scopes[current].parent
            }
            if entries.isEmpty, file != 0 {
                entries.append(SourceFrames.Entry(function: 0, file: file, line: line))
            }
            result.set(index, innermostFirst: entries)
        }
    }

    // MARK: The walk

    /// - Parameter onlyFunctions: leaves out everything but functions with code of their own.
    private mutating func walk(
        _ first: DebugEntry, inside scope: Int, depth: Int, onlyFunctions: Bool = false
    ) throws(DebugInfoError) {
        var entry = first
        guard depth < Self.deepest else { throw DebugInfoError(.endless, byte: entry.byteOffset) }
        repeat {
            let tag = entry.tag
            var inner = scope
            var onlyFunctions = onlyFunctions
            if onlyFunctions, tag != DW_TAG_subprogram { continue }
            switch tag {
            case DW_TAG_subprogram, DW_TAG_inlined_subroutine:
                let isInlined = tag == DW_TAG_inlined_subroutine
                switch try enter(&entry, parent: isInlined ? scope : -1) {
                case .holds(let new): (inner, onlyFunctions) = (new, false)
                case .holdsNone:
                    if isInlined { continue }
                    onlyFunctions = true
                case .hasNoCode: break
                }
            case DW_TAG_lexical_block, DW_TAG_namespace, DW_TAG_structure_type, DW_TAG_class_type, DW_TAG_union_type,
                DW_TAG_module, DW_TAG_try_block, DW_TAG_catch_block, DW_TAG_with_stmt, DW_TAG_enumeration_type,
                DW_TAG_interface_type:
                break
            default: continue
            }
            if let child = entry.firstChild() {
                try walk(child, inside: inner, depth: depth + 1, onlyFunctions: onlyFunctions)
            }
        } while entry.advance()
    }

    private enum Entered {
        case holds(scope: Int)
        case holdsNone
        /// A declaration, or the abstract form of what is inlined elsewhere.
        case hasNoCode
    }

    private mutating func enter(_ entry: inout DebugEntry, parent: Int) throws(DebugInfoError) -> Entered {
        let new = scopes.count
        var isHit = false
        let count = entry.visitRanges { range in
            var index = addresses.firstIndex(notBefore: range.lowerBound)
            while index < addresses.count, addresses[index] < range.upperBound {
                innermost[index] = new
                isHit = true
                index += 1
            }
        }
        rangesLeft -= count
        guard rangesLeft > 0 else { throw DebugInfoError(.endless, byte: entry.byteOffset) }
        guard isHit else { return count > 0 ? .holdsNone : .hasNoCode }
        scopes.append(Scope(entry: entry, parent: parent))
        return .holds(scope: new)
    }

    // MARK: Names and call sites

    private mutating func resolved(
        _ index: Int, in result: inout SourceFrames
    ) -> (function: UInt32, callFile: UInt32, callLine: UInt32) {
        if let found = scopes[index].found { return found }
        let name = names.name(&scopes[index].entry, in: &result)
        var call: (file: UInt32, line: UInt32) = (0, 0)
        if scopes[index].parent >= 0 {
            call.line = UInt32(clamping: scopes[index].entry.number(DW_AT_call_line) ?? 0)
            if let file = scopes[index].entry.number(DW_AT_call_file) {
                call.file = lines.file(Int(clamping: file), in: &result)
            }
        }
        scopes[index].found = (name, call.file, call.line)
        return (name, call.file, call.line)
    }
}
