import CHearthSampler
import CHearthStepper
import Foundation
import HearthSampling

// `HearthStepper [--budget N] [--only TEXT] [NAME=LIBRARY…]`: single-steps Swift, libc and the cases of the libraries, and
// prints a table. Ends with 1 when a walk differed and no rule says why. Run by Tests/EndToEndTests/SteppingTests.swift.
var budget: UInt64 = 200_000
var only = ""
var libraries: [StepLibrary] = []
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    if argument == "--budget", let value = arguments.popFirst().flatMap({ UInt64($0) }) {
        budget = value
    } else if argument == "--only", let value = arguments.popFirst() {
        only = value
    } else if let sign = argument.firstIndex(of: "="),
        let library = StepLibrary(
            name: String(argument[..<sign]), path: String(argument[argument.index(after: sign)...]))
    {
        libraries.append(library)
    } else {
        FileHandle.standardError.write(Data("HearthStepper: cannot use \(argument)\n".utf8))
        exit(2)
    }
}
guard hearth_libunwind_open() else {
    FileHandle.standardError.write(Data("HearthStepper: \(unsafe String(cString: hearth_libunwind_error()))\n".utf8))
    exit(2)
}
let names = CodeNames()
let program = names.image(at: hearth_step_own_code())
let watched = program.map { WatchedFunctions($0) }
let report = StepReport(names: names, watched: watched)
for step in StepCase.all(libraries) where only.isEmpty || step.name.contains(only) {
    report.run(step, budget: budget)
}
report.finish()
exit(report.hasFailed ? 1 : 0)
