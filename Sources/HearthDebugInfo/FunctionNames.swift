internal import CElfutils
internal import HearthSymbols

/// The names of functions; what many places inline is looked up once.
struct FunctionNames {
    /// By the abstract form.
    private var known: [UInt: UInt32] = [:]

    /// Index in `result.strings` of the linkage name, else of the name in the source; 0 for none.
    mutating func name(_ entry: inout DebugEntry, in result: inout SourceFrames) -> UInt32 {
        guard var origin = entry.reference(DW_AT_abstract_origin) else { return Self.ownName(&entry, in: &result) }
        if let name = known[origin.identity] { return name }
        let name = Self.ownName(&origin, in: &result)
        known[origin.identity] = name
        return name
    }

    private static func ownName(_ entry: inout DebugEntry, in result: inout SourceFrames) -> UInt32 {
        for attribute in [DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name] {
            if let name = entry.inheritedText(attribute), !name.isEmpty { return result.intern(name) }
        }
        return 0
    }
}
