public import HearthProfile

/// A short, readable form of a demangled Swift name.
///
/// What it keeps is what a reader of the source knows the function by: type, name and argument labels.
///
/// - The modules of the program and of Swift itself go, and argument and return types, generic arguments and private
///   discriminators: `Array.append(_:)`, `DateInterval.init(start:end:)`, `Int.+`, `GRDB.Row.fetchAll(_:sql:)`.
/// - Specialisations, merged functions, partial applications, thunks, witnesses and the resume parts of an async function
///   have the name of the function that they stand for.
/// - Closures and local functions are named with what they are in: `closure 1 in f(x:)`, `helper in f(x:)`.
/// - Accessors keep their kind: `DateInterval.end.getter`.
/// - What the compiler made from no function is named in words: `destroy for Data`, `outlined copy of Data?`,
///   `witness table of GRDB.Row : Sequence`.
public struct SwiftName: Hashable, Sendable {
    public var short: String
    /// For code that only passes a call on: partial applications, witnesses, reabstraction, dispatch.
    public var thunk: Frame.Thunk?

    /// A longer one is cut instead: the substitutions of a mangled name can unfold to any length.
    static let longestName = 1 << 14

    /// Shortens what `swift_demangle` printed. Takes any text; what it does not understand it leaves as it is.
    ///
    /// O(length) for names as compilers make them, O(length²) at worst.
    ///
    /// - Parameter program: the module of the program, which goes.
    public init(demangled: String, program: String = "") {
        guard demangled.utf8.count <= Self.longestName else {
            short = demangled.prefix(256) + "…"
            return
        }
        var shortener = SwiftNameShortener(demangled, program: program)
        short = shortener.short()
        thunk = shortener.thunk
        if short.isEmpty { short = demangled }
    }
}
