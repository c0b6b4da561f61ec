internal import HearthLabels
internal import Tracing

/// What a span's context carries for the handler: a number where the handler looks for it, and what keeps it valid.
///
/// A type of its own, because the handler knows it by its type.
struct SpanMark: Sendable {
    /// First, because the handler reads the first word.
    let number: UInt64
    private let lifetime: Lifetime

    init(_ number: UInt64) {
        self.number = number
        lifetime = Lifetime(number)
    }

    /// Gives the slot back when the last copy of the context is gone: no task can have it bound then.
    private final class Lifetime: Sendable {
        private let number: UInt64
        init(_ number: UInt64) { self.number = number }
        deinit { SpanSlots.end(number) }
    }

    enum Key: ServiceContextKey {
        typealias Value = SpanMark
        static var nameOverride: String? { "hearth-span" }
    }

    // MARK: Where the handler looks

    /// True when the handler will find the marks of this process.
    static let isVisible: Bool = {
        // One pointer to a dictionary's storage, also when optional: what the handler reads of a task-local value.
        guard MemoryLayout<ServiceContext?>.size == 8, MemoryLayout<SpanMark>.size == 16 else { return false }
        // Dictionaries of several sizes, so that a bitmap of more than a word is among them.
        return [0, 3, 90].allSatisfy { others in
            let expected: UInt64 = 0x4865_6172_7468 + UInt64(others)
            var context = ServiceContext.topLevel
            context[Key.self] = SpanMark(unclaimed: expected)
            for index in 0..<others { Padding.add(index, to: &context) }
            return unsafe SpanSlots.calibrate(
                contextKey: unsafeBitCast(ServiceContext.$current, to: UnsafeRawPointer.self),
                markType: unsafeBitCast(SpanMark.self as Any.Type, to: UnsafeRawPointer.self),
                storage: unsafeBitCast(context, to: UnsafeRawPointer.self), expected: expected)
        }
    }()

    /// With a number that is nobody's slot: given back, it finds no slot of its generation.
    private init(unclaimed number: UInt64) { self.init(number) }
}

/// Entries to fill a context with, each under a key of its own: a generic type nested as deep as the index says.
private enum Padding {
    private struct Key<Inner>: ServiceContextKey {
        typealias Value = String
    }
    private struct Zero {}
    private struct One<Inner> { var inner: Inner.Type }
    private struct Two<Inner> { var inner: Inner.Type }

    static func add(_ index: Int, to context: inout ServiceContext) { add(index + 1, Zero.self, &context) }

    private static func add<Type>(_ rest: Int, _ type: Type.Type, _ context: inout ServiceContext) {
        if rest == 0 {
            context[Key<Type>.self] = "entry"
        } else if rest & 1 == 0 {
            add(rest >> 1, Two<Type>.self, &context)
        } else {
            add(rest >> 1, One<Type>.self, &context)
        }
    }
}
