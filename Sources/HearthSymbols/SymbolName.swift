/// The names of one function: as the linker knows it, whole, and short.
public struct SymbolName: Hashable, Sendable {
    public var mangled: String
    /// Demangled whole, for tooltips; the same as `mangled` for C.
    public var full: String
    /// What a graph shows; see ``SwiftName`` and ``CxxName``.
    public var short: String
    /// True for code that only passes a call on.
    public var isThunk: Bool

    /// Demangles a Swift or C++ name; any other is taken as it is. `name@plt` is the stub that calls it. About 2 µs a name.
    public init(mangled: String) {
        let isStub = mangled.hasSuffix(Self.stubSuffix)
        let mangled = isStub ? String(mangled.dropLast(Self.stubSuffix.count)) : mangled
        self.mangled = mangled
        if let swift = Demangler.swift(mangled) {
            let name = SwiftName(demangled: swift)
            (full, short, isThunk) = (swift, name.short, name.isThunk)
        } else if let cxx = Demangler.cxx(mangled) {
            let name = CxxName(demangled: cxx)
            (full, short, isThunk) = (cxx, name.short, name.isThunk)
        } else {
            (full, short, isThunk) = (mangled, Self.withoutResumePart(Self.withoutCloneSuffix(mangled)), false)
        }
        if isStub {
            self.mangled += Self.stubSuffix
            full += Self.stubSuffix
            short += Self.stubSuffix
            isThunk = true
        }
    }

    /// How the stub in the linkage table is named that calls a function in another library, as disassemblers name it:
    /// `malloc@plt`.
    static func ofStub(calling mangled: String) -> String { mangled + stubSuffix }

    private static let stubSuffix = "@plt"

    /// True for a thunk that can hold nothing of the function that it leads to, and has no name of its own.
    var isBodiless: Bool {
        isThunk
            && (short == "reabstraction thunk" || full.contains("dispatch thunk of ")
                || mangled.hasSuffix(Self.stubSuffix))
    }

    /// The rest follows from the mangled name, and is long.
    public func hash(into hasher: inout Hasher) { hasher.combine(mangled) }

    /// C names without what GCC and LLVM add to the parts and copies of a function: `_int_free.part.0`.
    private static func withoutCloneSuffix(_ name: String) -> String {
        guard let point = name.utf8.dropFirst().firstIndex(of: UInt8(ascii: ".")) else { return name }
        let suffix = name[name.index(after: point)...].prefix { $0 != "." }
        let clones: Set<Substring> = ["part", "isra", "constprop", "cold", "llvm", "localalias", "lto_priv"]
        return clones.contains(suffix) ? String(name[..<point]) : name
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
}
