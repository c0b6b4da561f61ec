internal import HearthFormats
internal import HearthRandom

/// A reader that is fuzzed, under the name that `Tools/fuzz` takes. How to add one: Docs/Fuzzing.md.
enum FuzzedReader: String, CaseIterable, Sendable {
    case pprof, collapsed, speedscope, perf
    /// Everything that is read of an object file.
    case elf
    /// The debug information of an object file, which libdw reads for us.
    case dwarf
    /// What an `.eh_frame` section holds, reached by more inputs a second than through a whole file.
    case unwind
    /// Machine code, read for the rows that no table has.
    case code
    /// Symbol names: both demanglers, and the short forms of what they print.
    case names
    /// A JSON document.
    case json
    /// A JSONPath query in the first line, and a document for it behind.
    case jsonpath
    /// The weights of a transformer: the header of a safetensors file, and the values behind it.
    case safetensors

    /// Reads an input and checks what must hold whatever it is. That it is refused with a typed error is as good as that it is
    /// taken. A trap, a hang or memory without bound is for whoever calls this to notice.
    func check(_ input: [UInt8]) throws(BrokenLaw) {
        switch self {
        case .pprof: try checkProfile(input, as: .pprof)
        case .collapsed: try checkProfile(input, as: .collapsed)
        case .speedscope: try checkProfile(input, as: .speedscope)
        case .perf: try checkProfile(input, as: .perfScript)
        case .elf: try ObjectFileCheck(input).run()
        case .dwarf: try checkDebugInformation(input)
        case .unwind: try checkUnwindInformation(input)
        case .code: try checkCode(input)
        case .names: try checkNames(input)
        case .json: try checkJSON(input)
        case .jsonpath: try checkJSONPath(input)
        case .safetensors: try checkSafetensors(input)
        }
    }

    /// Changes an input a little, as its format suggests. `plainly` changes bytes that it knows nothing of, within a size.
    func mutate(
        _ input: inout [UInt8], atMost limit: Int, using random: inout SeededGenerator,
        plainly: (inout [UInt8], Int) -> Void
    ) {
        // What takes longer than its size allows shows with long inputs, which small changes seldom make.
        if random.oneIn(32) {
            Repetition.apply(to: &input, atMost: limit, using: &random)
            return
        }
        switch self {
        case .pprof where Bool.random(using: &random):
            PprofMutation.apply(to: &input, atMost: limit, using: &random, plainly: plainly)
        case .elf where !random.oneIn(8), .dwarf where random.oneIn(4):
            ObjectFileMutation.apply(to: &input, using: &random, plainly: plainly)
        default: plainly(&input, limit)
        }
    }
}
