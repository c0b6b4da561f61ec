/// A short, readable form of a demangled Swift name.
///
/// What it keeps is what a reader of the source knows the function by: type, name and argument labels.
///
/// - Modules, argument and return types, generic arguments and private discriminators go:
///   `Array.append(_:)`, `DateInterval.init(start:end:)`, `Int.+`, `Measurement.UnitCodingKeys`.
/// - Specialisations, merged functions, partial applications, thunks, witnesses and the resume parts of an async function
///   have the name of the function that they stand for.
/// - Closures and local functions are named with what they are in: `closure 1 in f(x:)`, `helper in f(x:)`.
/// - Accessors keep their kind: `DateInterval.end.getter`.
/// - What the compiler made from no function is named in words: `destroy for Data`, `outlined copy of Data.Representation`.
public struct SwiftName: Hashable, Sendable {
    public var short: String
    /// True for code that only passes a call on: partial applications, witnesses, reabstraction, dispatch.
    public var isThunk: Bool

    /// A longer one is cut instead: the substitutions of a mangled name can unfold to any length.
    static let longestName = 1 << 14

    /// Shortens what `swift_demangle` printed. Takes any text; what it does not understand it leaves as it is.
    ///
    /// O(length) for names as compilers make them, O(length²) at worst.
    public init(demangled: String) {
        guard demangled.utf8.count <= Self.longestName else {
            short = demangled.prefix(256) + "…"
            isThunk = false
            return
        }
        var shortener = SwiftNameShortener(demangled)
        short = shortener.short()
        isThunk = shortener.isThunk
        if short.isEmpty { short = demangled }
    }
}
