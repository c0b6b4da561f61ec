public import HearthProfile

/// The names of one function: as the linker knows it, whole, and short.
public struct SymbolName: Hashable, Sendable {
    public var mangled: String
    /// Demangled whole, for tooltips; the same as `mangled` for C.
    public var full: String
    /// What a graph shows; see ``SwiftName`` and ``CxxName``.
    public var short: String
    /// What of a thunk it is; nil for a function that is none.
    public var thunk: Frame.Thunk?

    /// Demangles a Swift or C++ name; any other is taken as it is. `name@plt` is the stub that calls it. About 8 µs a name.
    ///
    /// - Parameter program: the module of the program, which short names do without.
    public init(mangled: String, program: String = "") {
        let isStub = mangled.hasSuffix(Self.stubSuffix)
        let mangled = isStub ? String(mangled.dropLast(Self.stubSuffix.count)) : mangled
        self.mangled = mangled
        if let swift = Demangler.swift(mangled) {
            let name = SwiftName(demangled: swift, program: program)
            (full, short, thunk) = (swift, name.short, name.thunk)
        } else if let cxx = Demangler.cxx(mangled) {
            let name = CxxName(demangled: cxx)
            (full, short, thunk) = (cxx, name.short, name.thunk)
        } else {
            (full, short) = (mangled, CName(mangled).short)
        }
        if isStub {
            self.mangled += Self.stubSuffix
            full += Self.stubSuffix
            short += Self.stubSuffix
            thunk = .bare
        }
    }

    /// How the stub in the linkage table is named that calls a function in another library, as disassemblers name it:
    /// `malloc@plt`.
    static func ofStub(calling mangled: String) -> String { mangled + stubSuffix }

    private static let stubSuffix = "@plt"

    /// The module that a program of this file name has as a rule: SwiftPM names both after the target.
    public static func module(ofProgram fileName: String) -> String {
        String(fileName.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
    }

    /// The rest follows from the mangled name, and is long.
    public func hash(into hasher: inout Hasher) { hasher.combine(mangled) }

}
