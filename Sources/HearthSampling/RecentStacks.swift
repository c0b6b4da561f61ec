internal import Glibc
internal import HearthProfile

/// Stacks as they were recorded and what they became: most samples repeat one of the last few hundred, and are found by one
/// comparison instead of a look-up for each frame.
///
/// A table of places, each for one stack; a new one takes the place of the old. At most 4 MB, less when stacks are short.
struct RecentStacks {
    struct Key: Equatable {
        var hash: UInt64
        var leafCount: Int
        var isIncomplete: Bool

        /// O(frames), one multiplication each.
        init(_ recorded: UnsafeBufferPointer<UInt64>, leafCount: Int, isIncomplete: Bool) {
            var hash: UInt64 = isIncomplete ? 1 : 2
            for index in recorded.indices {
                hash = (hash ^ (unsafe recorded[index])) &* 0x9E37_79B9_7F4A_7C15
                hash ^= hash >> 32
            }
            self.hash = hash
            self.leafCount = leafCount
            self.isIncomplete = isIncomplete
        }
    }

    private struct Place {
        var key: Key
        var frames: [UInt64]
        var stack: StackID
    }

    private var places: [Place?] = Array(repeating: nil, count: 1 << 10)

    private func index(_ key: Key) -> Int { Int(key.hash & UInt64(places.count - 1)) }

    func find(_ key: Key, _ recorded: UnsafeBufferPointer<UInt64>) -> StackID? {
        guard let place = places[index(key)], place.key == key, place.frames.count == recorded.count else { return nil }
        let same = unsafe place.frames.withUnsafeBufferPointer { frames in
            unsafe memcmp(frames.baseAddress!, recorded.baseAddress!, recorded.count * 8) == 0
        }
        return same ? place.stack : nil
    }

    mutating func remember(_ key: Key, _ recorded: UnsafeBufferPointer<UInt64>, _ stack: StackID) {
        guard !recorded.isEmpty else { return }
        places[index(key)] = Place(key: key, frames: unsafe Array(recorded), stack: stack)
    }
}
