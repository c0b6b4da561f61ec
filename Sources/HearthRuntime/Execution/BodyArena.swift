/// A body in the memory of an arena. Not copyable, so that calling it counts no references of what it holds.
@usableFromInline
struct BodyCell<Body: NodeBody>: ~Copyable {
    @usableFromInline let body: Body

    fileprivate init(_ body: Body) { self.body = body }

    @inlinable
    borrowing func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput { try body.evaluate(input) }
}

/// Where a body lies.
@safe @usableFromInline
struct BodyAddress {
    fileprivate let pointer: UnsafeRawPointer

    /// The address must be that of a body of this very type.
    @unsafe @usableFromInline
    func cell<Body: NodeBody>(of _: Body.Type) -> UnsafePointer<BodyCell<Body>> {
        unsafe pointer.assumingMemoryBound(to: BodyCell<Body>.self)
    }
}

/// How bodies of one type are called. Made where a node is declared, in the package that has the body, so that the compiler sees its
/// type and calls it directly.
@usableFromInline
final class BodyType: Sendable {
    @usableFromInline
    typealias Call = @Sendable (BodyAddress, borrowing NodeInput) throws -> NodeOutput

    let call: Call

    @usableFromInline
    init(_ call: @escaping Call) { self.call = call }
}

/// The bodies of a plan, side by side in the order in which they are called: a walk of a large graph reads memory forwards, and does not
/// wait for it. Never changed after `init`, so that many threads may read it.
@safe
final class BodyArena: @unchecked Sendable {
    /// The body of a place, and how it is called.
    @safe
    struct Entry {
        let address: BodyAddress
        /// Lives as long as the arena.
        let type: Unmanaged<BodyType>
    }

    private let memory: UnsafeMutableRawPointer
    private let bodies: [any NodeBody]
    private let types: [ObjectIdentifier: BodyType]
    let entries: [Entry]

    /// O(bodies).
    init(_ bodies: [(body: any NodeBody, type: BodyType)]) {
        self.bodies = bodies.map(\.body)
        let size = Self.walk(self.bodies) { _, _ in }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, size), alignment: Self.alignment)
        var types: [ObjectIdentifier: BodyType] = [:]
        var entries: [Entry] = []
        entries.reserveCapacity(bodies.count)
        var next = 0
        Self.walk(self.bodies) { body, offset in
            let address = unsafe memory + offset
            unsafe Self.initialize(body, at: address)
            let key = ObjectIdentifier(Swift.type(of: body))
            // One type for many nodes: what is read for every call stays in the cache.
            let type = types[key] ?? bodies[next].type
            types[key] = type
            unsafe entries.append(Entry(address: BodyAddress(pointer: address), type: .passUnretained(type)))
            next += 1
        }
        unsafe self.memory = memory
        self.types = types
        self.entries = entries
    }

    deinit {
        Self.walk(bodies) { body, offset in unsafe Self.deinitialize(body, at: memory + offset) }
        unsafe memory.deallocate()
    }

    private static let alignment = 64

    /// Calls `visit` with every body and its place, and returns the end of the last.
    @discardableResult
    private static func walk(_ bodies: [any NodeBody], _ visit: (any NodeBody, Int) -> Void) -> Int {
        bodies.reduce(0) { end, body in
            let (size, alignment) = layout(body)
            precondition(alignment <= self.alignment, "no body wants more alignment than a cache line")
            let offset = (end + alignment - 1) / alignment * alignment
            visit(body, offset)
            return offset + size
        }
    }

    private static func layout<Body: NodeBody>(_ body: Body) -> (size: Int, alignment: Int) {
        (MemoryLayout<BodyCell<Body>>.size, MemoryLayout<BodyCell<Body>>.alignment)
    }

    private static func initialize<Body: NodeBody>(_ body: Body, at address: UnsafeMutableRawPointer) {
        unsafe address.bindMemory(to: BodyCell<Body>.self, capacity: 1).initialize(to: BodyCell(body))
    }

    private static func deinitialize<Body: NodeBody>(_ body: Body, at address: UnsafeMutableRawPointer) {
        unsafe address.assumingMemoryBound(to: BodyCell<Body>.self).deinitialize(count: 1)
    }
}
