internal import CHearthSampler
internal import HearthObjectFiles

/// The async functions of one file where the handler reads them: memory of our own, never moved, freed by hand when no
/// handler can still be reading it.
@safe
struct AsyncRangeStorage {
    /// Link-time address that the ranges count from.
    let base: UInt64
    let ranges: UnsafeMutablePointer<hearth_async_range>
    let count: Int

    var identity: UInt { unsafe UInt(bitPattern: ranges) }
    var byteCount: Int { count * MemoryLayout<hearth_async_range>.stride }

    /// Nil when there are none that a symbol names.
    init?(_ found: AsyncFunctions) {
        guard !found.ranges.isEmpty else { return nil }
        base = found.base
        count = found.ranges.count
        unsafe ranges = .allocate(capacity: count)
        for (index, range) in found.ranges.enumerated() {
            unsafe ranges[index] = hearth_async_range(
                start: range.start, length_and_part: range.length << 1 | range.part.rawValue)
        }
    }

    func deallocate() { unsafe ranges.deallocate() }
}
