import CHearthStepper
import HearthFiles
import HearthObjectFiles
import HearthProfile

/// The async functions of this program, whose logical callers are recorded while they are stepped.
@safe
final class WatchedFunctions {
    private let ranges: UnsafeMutableBufferPointer<hearth_step_range>

    init(_ image: Image) {
        guard let file = MappedFile(path: image.path),
            let found = file.withBytes({ bytes in (try? ELFFile(bytes)).map { AsyncFunctions($0, in: bytes) } })
        else {
            unsafe ranges = .allocate(capacity: 0)
            return
        }
        unsafe ranges = .allocate(capacity: found.ranges.count)
        for (index, range) in found.ranges.enumerated() {
            let start = image.bias &+ found.base &+ UInt64(range.start)
            unsafe ranges[index] = hearth_step_range(start: start, end: start &+ UInt64(range.length))
        }
        unsafe hearth_step_watch(ranges.baseAddress, ranges.count)
    }
}
