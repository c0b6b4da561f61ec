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

    /// Whether the function at an address begins by lowering the stack pointer, before it saves anything.
    func makesRoom(functionAt address: UInt64) -> Bool {
        guard let range = unsafe ranges.first(where: { $0.start <= address && address < $0.end }) else {
            return false
        }
        let code = unsafe UnsafePointer<UInt8>(bitPattern: UInt(range.start))!
        return unsafe code[0] == 0x48 && (code[1] == 0x83 || code[1] == 0x81) && code[2] == 0xEC
    }
}
