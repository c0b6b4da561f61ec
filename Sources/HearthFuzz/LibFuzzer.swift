internal import HearthRandom

#if HEARTH_FUZZING
internal import Synchronization

// What libFuzzer calls, and what it offers. It brings its own main, so that a build for it has none of ours: see Tools/fuzz.
// The only unsafe code of this target.

/// The reader that `--reader=NAME` asks for; the fuzzer itself passes such options over.
private let chosen = Mutex(FuzzedReader.pprof)

@c(LLVMFuzzerInitialize)
public func initializeFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> Int32 {
    let option = "--reader="
    guard let name = CommandLine.arguments.last(where: { $0.hasPrefix(option) })?.dropFirst(option.count),
        let reader = FuzzedReader(rawValue: String(name))
    else { fatalError("--reader=NAME is missing, or names no reader") }
    chosen.withLock { $0 = reader }
    return 0
}

@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do throws(BrokenLaw) {
        try chosen.withLock(\.self).check(input)
    } catch {
        fatalError(error.description)
    }
    return 0
}

@c(LLVMFuzzerCustomMutator)
public func mutateInput(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: UInt32) -> Int {
    var input = unsafe Array(UnsafeBufferPointer(start: data, count: count))
    var random = SeededGenerator(seed: UInt64(seed))
    chosen.withLock(\.self).mutate(&input, atMost: limit, using: &random, plainly: mutatePlainly)
    let result = input.prefix(limit)
    for (index, byte) in result.enumerated() { unsafe data[index] = byte }
    return result.count
}

private func mutatePlainly(_ input: inout [UInt8], _ limit: Int) {
    guard limit > 0 else { return }
    let count = min(input.count, limit)
    input.removeLast(input.count - count)
    input += repeatElement(0, count: limit - count)
    let changed = unsafe input.withUnsafeMutableBufferPointer { unsafe mutateBytes($0.baseAddress!, count, limit) }
    input.removeLast(limit - changed)
}

/// libFuzzer's own changes: bits, bytes, numbers, pieces copied, words of the dictionary.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int) -> Int
#endif
