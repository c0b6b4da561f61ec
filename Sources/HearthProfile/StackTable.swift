/// A handle to a stack of one ``StackTable``.
public struct StackID: Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The stack without frames.
    public static let empty = StackID(rawValue: 0)

    public static func < (left: StackID, right: StackID) -> Bool { left.rawValue < right.rawValue }
}

/// Stacks as parent pointers: each stack is its caller's stack plus one frame, and is kept once.
///
/// Parents always stand before their children, so one pass over `1..<count` visits callers first.
public struct StackTable: Sendable {
    /// The stack without the leaf, for each stack; index 0 is the empty stack, its own parent.
    public private(set) var parents: [StackID] = [.empty]
    /// The leaf frame, for each stack; that of index 0 means nothing.
    public private(set) var frames: [FrameID] = [FrameID(rawValue: 0)]
    /// Of all but the empty stack: identifier 0 is stack 1.
    private var index = InternIndex()

    public init() {}

    /// Of stacks that are all different, callers before what they call, the empty one first. O(1).
    init(parents: [StackID], frames: [FrameID]) {
        self.parents = parents
        self.frames = frames
    }

    /// Stacks in the table, the empty one included.
    public var count: Int { parents.count }

    public func parent(of stack: StackID) -> StackID { parents[Int(stack.rawValue)] }

    public func leaf(of stack: StackID) -> FrameID { frames[Int(stack.rawValue)] }

    /// The stack of `caller` with `frame` on top. O(1) on average.
    public mutating func push(_ frame: FrameID, on caller: StackID) -> StackID {
        if index.count < parents.count - 1 { completeIndex() }
        let hash = Self.hash(caller, frame)
        return find(frame, on: caller, hash: hash) ?? append(frame, on: caller, hash: hash)
    }

    // Apart from `append`, so that no copy of an array is alive when it grows.
    private func find(_ frame: FrameID, on caller: StackID, hash: UInt64) -> StackID? {
        index.find(hash: hash) { parents[Int($0) + 1] == caller && frames[Int($0) + 1] == frame }
            .map { StackID(rawValue: $0 + 1) }
    }

    /// Frames from leaf to root. O(depth).
    public func framesLeafFirst(_ stack: StackID) -> FramesLeafFirst { FramesLeafFirst(table: self, current: stack) }

    public struct FramesLeafFirst: Sequence, IteratorProtocol {
        let table: StackTable
        var current: StackID

        public mutating func next() -> FrameID? {
            guard current != .empty else { return nil }
            defer { current = table.parent(of: current) }
            return table.leaf(of: current)
        }
    }

    private mutating func append(_ frame: FrameID, on caller: StackID, hash: UInt64) -> StackID {
        let new = appendNew(frame, on: caller)
        if index.isFull { reserveIndex(parents.count * 2) }
        index.insert(new.rawValue - 1, hash: hash)
        return new
    }

    /// The same for a stack that is known not to be in the table: it is found by others when one is next looked up. O(1).
    mutating func appendNew(_ frame: FrameID, on caller: StackID) -> StackID {
        let new = StackID(rawValue: UInt32(parents.count))
        parents.append(caller)
        frames.append(frame)
        return new
    }

    private mutating func completeIndex() {
        let parents = parents
        let frames = frames
        index.insert(upTo: parents.count - 1) { Self.hash(parents[Int($0) + 1], frames[Int($0) + 1]) }
    }

    mutating func reserveCapacity(_ count: Int) {
        parents.reserveCapacity(count)
        frames.reserveCapacity(count)
        reserveIndex(count)
    }

    private mutating func reserveIndex(_ count: Int) {
        let parents = parents
        let frames = frames
        index.reserveCapacity(count) { Self.hash(parents[Int($0) + 1], frames[Int($0) + 1]) }
    }

    private static func hash(_ caller: StackID, _ frame: FrameID) -> UInt64 {
        InternIndex.mix(UInt64(caller.rawValue) << 32 | UInt64(frame.rawValue))
    }
}
