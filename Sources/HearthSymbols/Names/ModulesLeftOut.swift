/// The modules that short names do without: that of the program, and those that come with Swift, whose types every reader
/// knows. See Docs/Decisions/0008-short-names.md.
struct ModulesLeftOut {
    /// The program's own; empty when it is not known.
    var program: String

    private static let toolchain: Set<String> = [
        "Swift", "_Concurrency", "_StringProcessing", "_RegexParser", "RegexBuilder", "Synchronization", "Observation",
        "Distributed", "_Differentiation", "Cxx", "CxxStdlib", "SwiftOnoneSupport", "Runtime", "Builtin",
        "_Builtin_float", "_Volatile", "Foundation", "FoundationEssentials", "FoundationInternationalization",
        "FoundationNetworking", "FoundationXML", "_FoundationCollections", "_FoundationCShims", "Dispatch", "Glibc",
        "Musl", "SwiftShims", "__C", "__C_Synthesized", "__ObjC", "Testing", "XCTest",
    ]

    /// The module and a point, or nothing for one that is left out.
    func prefix(_ module: String) -> String {
        module.isEmpty || module == program || Self.toolchain.contains(module) ? "" : module + "."
    }
}
