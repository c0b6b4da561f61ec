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
    private var index = InternIndex()

    public init() {}

    /// Stacks in the table, the empty one included.
    public var count: Int { parents.count }

    public func parent(of stack: StackID) -> StackID { parents[Int(stack.rawValue)] }

    public func leaf(of stack: StackID) -> FrameID { frames[Int(stack.rawValue)] }

    /// The stack of `caller` with `frame` on top. O(1) on average.
    public mutating func push(_ frame: FrameID, on caller: StackID) -> StackID {
        let hash = Self.hash(caller, frame)
        return find(frame, on: caller, hash: hash) ?? append(frame, on: caller, hash: hash)
    }

    // Apart from `append`, so that no copy of an array is alive when it grows.
    private func find(_ frame: FrameID, on caller: StackID, hash: UInt64) -> StackID? {
        index.find(hash: hash) { parents[Int($0)] == caller && frames[Int($0)] == frame }.map(StackID.init)
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
        let new = UInt32(parents.count)
        parents.append(caller)
        frames.append(frame)
        if index.isFull { reserveIndex(parents.count * 2) }
        index.insert(new, hash: hash)
        return StackID(rawValue: new)
    }

    mutating func reserveCapacity(_ count: Int) {
        parents.reserveCapacity(count)
        frames.reserveCapacity(count)
        reserveIndex(count)
    }

    private mutating func reserveIndex(_ count: Int) {
        let parents = parents
        let frames = frames
        index.reserveCapacity(count) { Self.hash(parents[Int($0)], frames[Int($0)]) }
    }

    private static func hash(_ caller: StackID, _ frame: FrameID) -> UInt64 {
        InternIndex.mix(UInt64(caller.rawValue) << 32 | UInt64(frame.rawValue))
    }
}
