import Foundation
import Testing

/// `hearth gate` as a pipeline of continuous integration runs it.
@Suite struct GateCommandTests {
    private let program: Program

    init() throws { program = try Program() }

    /// Files of runs of ten functions, `extra` samples more in one of them.
    private func write(_ side: String, runs: Int = 5, extra: Int = 0, function: String = "main;f3") throws -> [String] {
        try (0..<runs).map { run in
            var text = "\(function) \(1_000 + extra)\n"
            for index in 0..<10 where "main;f\(index)" != function {
                text += "main;f\(index) \(1_000 + (run * 7 + index * 13) % 23 - 11)\n"
            }
            let name = "\(side)-\(run).folded"
            try program.write(text, to: name)
            return name
        }
    }

    private func gate(_ base: [String], _ new: [String], _ options: String...) throws -> Program.Outcome {
        try program.run(["gate", "--base"] + base + ["--new"] + new + options)
    }

    @Test func theSamePasses() throws {
        defer { program.remove() }
        let outcome = try gate(write("base"), write("new"))
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("passed: nothing grew by more than 0.20% of the total\ntotal a run: "))
        #expect(outcome.output.contains("5 and 5 runs") && outcome.output.contains("found four times in five"))
    }

    @Test func aRunWithoutSamplesIsNamed() throws {
        defer { program.remove() }
        try program.write("main;f3 0\n", to: "none.folded")
        let outcome = try gate(write("base") + ["none.folded"], write("new"))
        #expect(outcome.code == 4 && outcome.output.isEmpty)
        #expect(
            outcome.errors
                == "hearth: none.folded holds no value above 0 of sample type samples; leave this run out, or record for longer\n"
        )
    }

    @Test func aRegressionNamesTheFunction() throws {
        defer { program.remove() }
        let (base, new) = try (write("base"), write("new", extra: 500))
        let outcome = try gate(base, new)
        #expect(outcome.code == 3 && outcome.errors.isEmpty)
        let reason = "the total grew and 1 function grew by more than 0.20% of the total"
        #expect(outcome.output.hasPrefix("regressed: \(reason)\n"))
        let row = try #require(outcome.output.split(separator: "\n").last)
        #expect(row.hasSuffix("  f3") && row.contains("+4.99%"))

        let comment = try gate(base, new, "--format", "markdown", "-o", "comment.md")
        #expect(comment.code == 3 && comment.output.isEmpty)
        let text = try program.read("comment.md")
        #expect(text.hasPrefix("### Performance: regressed\n\nThe total grew and 1 function grew "))
        #expect(text.contains("|---:|---:|---:|---:|---|\n| +4.99%") && text.hasSuffix("| `f3` |\n"))

        let json = try gate(base, new, "--format", "json")
        struct File: Decodable {
            struct Function: Decodable {
                var function: String
                var verdict: String
                var growth: Double
                var interval: [Double]
            }
            var verdict: String
            var functions: [Function]
        }
        let file = try JSONDecoder().decode(File.self, from: Data(json.output.utf8))
        #expect(json.code == 3 && file.verdict == "regressed" && file.functions.map(\.function) == ["f3"])
        let finding = try #require(file.functions.first)
        #expect(finding.interval[0] <= finding.growth && finding.growth <= finding.interval[1])
        #expect(finding.verdict == "grew")
    }

    @Test func tooFewRunsAreSaid() throws {
        defer { program.remove() }
        let outcome = try gate(write("base", runs: 2), write("new", runs: 2))
        #expect(outcome.code == 4)
        #expect(outcome.output.hasPrefix("not enough data: 3 runs a side are the least, 2 and 2 are there\n"))
        let json = try gate(write("base", runs: 1), write("new", runs: 1), "--format", "json")
        #expect(json.code == 4 && json.output.contains("\"runsNeeded\" : 3") && !json.output.contains("interval"))
    }

    @Test func namesOfFunctionsDoNotBreakATable() throws {
        defer { program.remove() }
        let name = "f|`x`"
        let outcome = try gate(
            write("base", function: "main;\(name)"), write("new", extra: 700, function: "main;\(name)"), "--format",
            "markdown")
        #expect(outcome.code == 3 && outcome.output.hasSuffix("| `f\\|'x'` |\n"))
    }

    @Test(arguments: [
        ("gate --base a.folded", "name the profiles before the change after --base, those after it after --new"),
        ("gate --base a.folded --new a.folded --margin 2", "--margin is a share of the total from 0 to 1, such as "),
        ("gate --base a.folded --new a.folded --margin 0.05", "--smallest is above --margin, which is 0.05"),
        ("gate --base a.folded --new a.folded --false-positive-rate 0", "--false-positive-rate is above 0 and below "),
        ("gate --base - --new -", "standard input can be read once only: name - once"),
    ]) func wrongUseIsOneLine(command: String, message: String) throws {
        defer { program.remove() }
        try program.write("a 1\n", to: "a.folded")
        let outcome = try program.run(command.split(separator: " ").map(String.init))
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("hearth: \(message)") && outcome.errors.split(separator: "\n").count == 1)
    }
}
