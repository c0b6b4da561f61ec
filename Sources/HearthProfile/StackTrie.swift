/// Builds a ``StackTable`` of one value a stack from batches of stacks, as fast as memory allows: a caller and a frame are one
/// word, so that knowing a stack again takes two reads, and neighbouring lines are walked side by side, so that these reads wait
/// together and not one after the other.
package struct StackTrie: Sendable {
    /// Lines that are walked side by side.
    private static let breadth = 16
    private static let noValue: Int64 = -1

    /// Caller and frame of each stack; the empty stack has index 0.
    private var keys: [UInt64] = [0]
    /// Sum of each stack's values; below 0 where there was none.
    private var values: [Int64] = [noValue]
    /// Index of a stack, 0 for a free slot. The count is a power of two, at most three quarters full.
    private var slots: [UInt32] = Array(repeating: 0, count: 1 << 12)

    package init() {}

    /// Stacks, the empty one included.
    package var count: Int { keys.count }

    /// Adds up stacks. O(frames) on average.
    ///
    /// - Parameters:
    ///   - frames: of all stacks, root first, one stack after the other.
    ///   - ends: where each stack ends in `frames`.
    ///   - values: of each stack, none below 0; sums stop at `Int64.max`.
    package mutating func add(frames: [UInt32], ends: [Int], values new: [Int64]) {
        reserve(keys.count + frames.count)
        let known = keys.count
        // Room for as many stacks as there are frames: what is not used goes again.
        keys.append(contentsOf: repeatElement(0, count: frames.count))
        var stacks = [UInt32](repeating: 0, count: ends.count)
        let count = unsafe keys.withUnsafeMutableBufferPointer { keys in
            unsafe slots.withUnsafeMutableBufferPointer { slots in
                var walk = unsafe Walk(keys: keys, slots: slots, count: known)
                unsafe frames.withUnsafeBufferPointer { frames in unsafe walk.add(frames, ends: ends, &stacks) }
                return unsafe walk.count
            }
        }
        keys.removeLast(keys.count - count)
        values.append(contentsOf: repeatElement(Self.noValue, count: count - known))
        for (stack, value) in zip(stacks, new) {
            values[Int(stack)] = saturatingSum(max(values[Int(stack)], 0), value)
        }
    }

    /// Unsafe: there are as many keys behind `count` as frames are added, and some slots stay free.
    @unsafe private struct Walk {
        let keys: UnsafeMutableBufferPointer<UInt64>
        let slots: UnsafeMutableBufferPointer<UInt32>
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
            let key = UInt64(caller) << 32 | UInt64(frame)
            var slot = Int(truncatingIfNeeded: InternIndex.mix(key)) & mask
            while true {
                let stack = unsafe slots[slot]
                if stack == 0 { break }
                if unsafe keys[Int(stack)] == key { return stack }
                slot = (slot + 1) & mask
            }
            let new = unsafe UInt32(count)
            unsafe slots[slot] = new
            unsafe keys[Int(new)] = key
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
        slots = []
        let stacks = StackTable(
            parents: keys.map { StackID(rawValue: UInt32(truncatingIfNeeded: $0 >> 32)) },
            frames: keys.map { FrameID(rawValue: UInt32(truncatingIfNeeded: $0)) })
        return (stacks, values)
    }

    /// Makes room, twice as much as there was at least.
    private mutating func reserve(_ wanted: Int) {
        if keys.capacity < wanted {
            keys.reserveCapacity(max(wanted, keys.capacity * 2))
            values.reserveCapacity(max(wanted, values.capacity * 2))
        }
        var size = slots.count
        while wanted * 4 > size * 3 { size *= 2 }
        guard size > slots.count else { return }
        slots = []
        slots = Array(repeating: 0, count: size)
        let mask = size - 1
        for index in 1..<max(keys.count, 1) {
            var slot = Int(truncatingIfNeeded: InternIndex.mix(keys[index])) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(index)
        }
    }
}
