/// A short form of names that are not mangled: those of C and assembly, and the few that the Swift compiler gives so.
struct CName {
    var short: String

    /// Takes any text. O(length).
    init(_ name: String) {
        let whole = Self.withoutResumePart(Self.withoutSuffix(name))
        short = Self.block(whole) ?? whole
    }

    private static let point = UInt8(ascii: ".")
    private static let clones: Set<Substring> = [
        "part", "isra", "constprop", "cold", "llvm", "localalias", "lto_priv", "resume",
    ]

    /// Without what compilers add to parts, copies and namesakes of a function: `_int_free.part.0`, `objectdestroy.5Tm`.
    private static func withoutSuffix(_ name: String) -> String {
        guard let start = name.utf8.dropFirst().firstIndex(of: point) else { return name }
        let suffix = name[name.index(after: start)...].prefix { $0 != "." }
        let digits = suffix.utf8.prefix { NameText.isDigit($0) }.count
        let isNumber = digits > 0 && (digits == suffix.utf8.count || suffix.hasSuffix("Tm"))
        return clones.contains(suffix) || isNumber ? String(name[..<start]) : name
    }

    /// `async_MainTQ0_` is part of `async_Main`: what the Swift compiler names without mangling it still cuts at each
    /// `await`.
    private static func withoutResumePart(_ name: String) -> String {
        var rest = name.utf8[...]
        guard rest.popLast() == UInt8(ascii: "_") else { return name }
        let digits = rest.reversed().prefix { NameText.isDigit($0) }.count
        rest = rest.dropLast(digits)
        guard digits > 0, let letter = rest.popLast(), letter == UInt8(ascii: "Y") || letter == UInt8(ascii: "Q"),
            rest.popLast() == UInt8(ascii: "T"), !rest.isEmpty
        else { return name }
        return String(rest) ?? name
    }

    /// Blocks of C as closures are named: `__dispatch_io_create_block_invoke_2` is `block 2 in dispatch_io_create`.
    private static func block(_ name: String) -> String? {
        guard name.hasPrefix("__"), let invoke = name.firstRange(of: "_block_invoke") else { return nil }
        let function = name[..<invoke.lowerBound].dropFirst(2)
        let number = name[invoke.upperBound...]
        guard !function.isEmpty else { return nil }
        if number.isEmpty { return "block 1 in \(function)" }
        guard number.hasPrefix("_"), number.count > 1, number.utf8.dropFirst().allSatisfy(NameText.isDigit) else {
            return nil
        }
        return "block \(number.dropFirst()) in \(function)"
    }
}
