/// Builds a ``StackTable`` of one value a stack from batches of stacks, as fast as memory allows: what there is to compare stands
/// in the hash table itself, so that knowing a stack again takes one read, and neighbouring lines are walked side by side, so that
/// these reads wait together and not one after the other.
package struct StackTrie: Sendable {
    /// Lines that are walked side by side.
    private static let breadth = 16
    private static let noValue: Int64 = -1

    private struct Slot {
        var caller: UInt32
        var frame: UInt32
        /// Index of the stack, 0 for a free slot.
        var stack: UInt32

        static let free = Slot(caller: 0, frame: 0, stack: 0)

        @inline(__always)
        static func hash(_ caller: UInt32, _ frame: UInt32) -> Int {
            Int(truncatingIfNeeded: InternIndex.mix(UInt64(caller) << 32 | UInt64(frame)))
        }
    }

    /// Sum of each stack's values, below 0 where there was none; the empty stack has index 0.
    private var values: [Int64] = [noValue]
    /// The count is a power of two, at most three quarters full.
    private var slots: [Slot] = Array(repeating: .free, count: 1 << 12)

    package init() {}

    /// Stacks, the empty one included.
    package var count: Int { values.count }

    /// Adds up stacks. O(frames) on average.
    ///
    /// - Parameters:
    ///   - frames: of all stacks, root first, one stack after the other.
    ///   - ends: where each stack ends in `frames`.
    ///   - values: of each stack, none below 0; sums stop at `Int64.max`.
    package mutating func add(frames: [UInt32], ends: [Int], values new: [Int64]) {
        // As if every frame made a stack of its own.
        reserveSlots(count + frames.count)
        let known = count
        var stacks = [UInt32](repeating: 0, count: ends.count)
        let count = unsafe slots.withUnsafeMutableBufferPointer { slots in
            var walk = unsafe Walk(slots: slots, count: known)
            unsafe frames.withUnsafeBufferPointer { frames in unsafe walk.add(frames, ends: ends, &stacks) }
            return unsafe walk.count
        }
        values.append(contentsOf: repeatElement(Self.noValue, count: count - known))
        for (stack, value) in zip(stacks, new) {
            values[Int(stack)] = saturatingSum(max(values[Int(stack)], 0), value)
        }
    }

    /// Unsafe: as many slots are free as frames are added, and one more.
    @unsafe private struct Walk {
        let slots: UnsafeMutableBufferPointer<Slot>
        var count: Int

        /// Puts the stack of each line into `stacks`, which are 0 before.
        mutating func add(_ frames: UnsafeBufferPointer<UInt32>, ends: [Int], _ stacks: inout [UInt32]) {
            for first in stride(from: 0, to: ends.count, by: StackTrie.breadth) {
                let lines = first..<min(first + StackTrie.breadth, ends.count)
                var step = 0
                var isWalking = true
                while isWalking {
                    isWalking = false
                    for line in lines {
                        let place = (line == 0 ? 0 : ends[line - 1]) + step
                        guard place < ends[line] else { continue }
                        stacks[line] = unsafe child(of: stacks[line], calling: frames[place])
                        isWalking = true
                    }
                    step += 1
                }
            }
        }

        @inline(__always)
        private mutating func child(of caller: UInt32, calling frame: UInt32) -> UInt32 {
            let mask = unsafe slots.count - 1
            var place = Slot.hash(caller, frame) & mask
            while true {
                let slot = unsafe slots[place]
                if slot.stack == 0 { break }
                if slot.caller == caller, slot.frame == frame { return slot.stack }
                place = (place + 1) & mask
            }
            let new = unsafe UInt32(count)
            unsafe slots[place] = Slot(caller: caller, frame: frame, stack: new)
            unsafe count += 1
            return new
        }
    }

    /// Multiplies all values; they stop at `Int64.max`. O(stacks).
    package mutating func multiply(by factor: Int64) {
        for index in values.indices where values[index] > 0 {
            let (product, overflow) = values[index].multipliedReportingOverflow(by: factor)
            values[index] = overflow ? .max : product
        }
    }

    /// The table, and a value for each stack, below 0 where there is none. O(stacks).
    package consuming func finish() -> (stacks: StackTable, values: [Int64]) {
        var parents = [StackID](repeating: .empty, count: count)
        var frames = [FrameID](repeating: FrameID(rawValue: 0), count: count)
        for slot in slots where slot.stack != 0 {
            parents[Int(slot.stack)] = StackID(rawValue: slot.caller)
            frames[Int(slot.stack)] = FrameID(rawValue: slot.frame)
        }
        slots = []
        return (StackTable(parents: parents, frames: frames), values)
    }

    private mutating func reserveSlots(_ wanted: Int) {
        var size = slots.count
        while wanted * 4 > size * 3 { size *= 2 }
        guard size > slots.count else { return }
        let old = slots
        slots = Array(repeating: .free, count: size)
        for slot in old where slot.stack != 0 {
            var place = Slot.hash(slot.caller, slot.frame) & (size - 1)
            while slots[place].stack != 0 { place = (place + 1) & (size - 1) }
            slots[place] = slot
        }
    }
}
