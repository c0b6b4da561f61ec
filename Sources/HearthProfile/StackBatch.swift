/// Stacks on their way into a ``StackTrie``: of each only what it does not share with the one before.
package struct StackBatch: Sendable {
    /// Of all stacks, root first, one stack after the other; at the end those of a stack that is not ended yet.
    package var frames: [UInt32] = []
    /// Where each stack's frames end.
    package private(set) var ends: [Int] = []
    /// Frames, from the root, that each stack shares with the one before and that are not in `frames`; 0 of the first.
    package private(set) var shared: [Int] = []
    /// Frames of the deepest stack.
    package private(set) var depth = 0
    /// None below 0.
    package var values: [Int64] = []

    package init() {}

    /// Ends a stack.
    ///
    /// - Parameter shared: no more than the stack before has.
    package mutating func end(shared: Int, value: Int64) {
        depth = max(depth, shared + frames.count - (ends.last ?? 0))
        ends.append(frames.count)
        self.shared.append(shared)
        values.append(value)
    }

    /// Where a stack's frames start in `frames`.
    @inline(__always)
    func start(of stack: Int) -> Int { stack == 0 ? 0 : ends[stack - 1] }

    /// Takes back the frames that were appended after the last stack.
    package mutating func drop() { frames.removeLast(frames.count - (ends.last ?? 0)) }
}
