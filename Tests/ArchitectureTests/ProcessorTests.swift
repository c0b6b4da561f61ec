import Foundation
import Testing

/// What depends on the processor stands in one file a part, so that another processor is another file.
@Suite struct ProcessorTests {
    private static let files: Set<String> = [
        "CHearthSampler/Handler/Processor.h", "CHearthSampler/Handler/Processor.c",
        "HearthObjectFiles/Unwind/ProcessorRegisters.swift", "HearthObjectFiles/Symbols/SymbolTable+LinkageStubs.swift",
        // Reads instructions.
        "HearthObjectFiles/Unwind/InstructionDecoder.swift", "HearthObjectFiles/Unwind/StackEffect.swift",
        // Steps instructions of x86-64, and knows code by its bytes.
        "CHearthStepper/Processor.h", "CHearthStepper/Processor.c", "HearthStepper/DifferenceRule.swift",
        // Asks whether there is AVX-512.
        "COpenBLAS/shim.h",
    ]

    /// Instructions in assembly, registers by name, and questions for the processor.
    private static let strays =
        #"__asm__[^"]*\("[^"]|\bREG_[A-Z]|x86_64|\br(sp|bp|bx|ax|cx|dx|si|di|ip|8|9|1[0-5])\b"#

    @Test func sourcesNameNoRegisterElsewhere() throws {
        let folder = LayerTable.root.appendingPathComponent("Sources")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let sources = names.filter { name in [".c", ".h", ".swift", ".cpp"].contains { name.hasSuffix($0) } }
        #expect(sources.count > 100)
        #expect(Self.files.isSubset(of: Set(sources)), "a file of this list is gone")
        let expression = try Regex(Self.strays)
        for source in sources where !Self.files.contains(source) && !source.hasPrefix("HearthFormats/Protocol") {
            let text = try String(contentsOf: folder.appendingPathComponent(source), encoding: .utf8)
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
                #expect(try expression.firstMatch(in: code) == nil, "\(source):\(index + 1): \(code)")
            }
        }
    }
}
