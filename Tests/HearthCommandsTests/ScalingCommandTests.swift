import Foundation
import Testing

@Suite struct ScalingCommandTests {
    private let program: Program

    init() throws {
        program = try Program()
        for size in [1_000, 2_000, 4_000] {
            let text = "main;linear \(size)\nmain;pairs;distance \(size * size / 10_000)\n"
            try program.write(text, to: "\(size).folded")
        }
    }

    private func arguments(_ rest: String...) -> [String] {
        ["scaling"] + [1_000, 2_000, 4_000].map { "\($0)=\($0).folded" } + rest
    }

    @Test func theTableHasWhatIsSteepFirst() throws {
        defer { program.remove() }
        let outcome = try program.run(arguments())
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0].contains("2 surely grow faster than n^1.3"))
        #expect(lines[2].contains("n^2.00") && lines[2].contains("steep") && lines[2].hasSuffix("distance"))
        #expect(lines[4].contains("n^1") && !lines[4].contains("steep"))
    }

    @Test func jsonAndPictureSayTheSame() throws {
        defer { program.remove() }
        let outcome = try program.run(arguments("--format", "json", "-o", "g.svg", "--title", "Growth & all"))
        #expect(outcome.code == 0, "\(outcome.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let rows = try #require((object as? [String: Any])?["rows"] as? [[String: Any]])
        let steep = rows.filter { $0["isSteep"] as? Bool == true }.compactMap { $0["function"] as? String }
        #expect(Set(steep) == ["pairs", "distance"])
        let picture = try program.read("g.svg")
        #expect(
            picture.contains("Growth &amp; all") && picture.contains("n^2.00 (") && picture.contains("class=\"g2\""))
    }

    @Test func wrongUseIsSaid() throws {
        defer { program.remove() }
        for (arguments, words) in [
            (["scaling", "1000=a.folded"], "two sizes at least"), (["scaling", "x=a", "2=b"], "is no SIZE=PROFILE"),
            (["scaling", "0=a", "2=b"], "is no SIZE=PROFILE"), (["scaling", "1=-", "2=-"], "name - once"),
            (self.arguments("-o", "x.png"), "ends in .svg"), (self.arguments("-o", "-"), "name a file"),
        ] {
            let outcome = try program.run(arguments)
            #expect(outcome.code == 2 && outcome.errors.contains(words), "\(outcome.errors)")
        }
    }
}
