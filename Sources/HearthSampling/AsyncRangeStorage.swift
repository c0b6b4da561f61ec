internal import CHearthSampler
internal import HearthFiles
internal import HearthObjectFiles
internal import HearthProfile

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

    /// Nil when the file cannot be read, is not the one that is loaded, or has no async functions that a symbol names:
    /// tasks then show their physical callers only.
    init?(_ image: Image) {
        guard let file = MappedFile(path: image.path) else { return nil }
        let found: AsyncFunctions? = file.withBytes { bytes in
            guard let headers = try? ELFFile(bytes), (headers.buildID(in: bytes) ?? "") == image.buildID else {
                return nil
            }
            return AsyncFunctions(headers, in: bytes)
        }
        guard let found, !found.ranges.isEmpty else { return nil }
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
