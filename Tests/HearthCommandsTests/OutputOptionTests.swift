import ArgumentParser
import HearthFormats
import Testing

@testable import HearthCommands

/// Where a person would look at the output.
@Suite struct OutputOptionTests {
    private func message<Format: OutputFormat>(_ asked: Format?, _ arguments: String...) -> String? {
        do {
            _ = try Format.choose(asked, for: OutputOption.parse(arguments), onTerminal: arguments.isEmpty)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aPictureDoesNotFloodTheTerminal() {
        let refusal = "a flame graph is not for the terminal: give -o FILE (.svg, .html), or -o - all the same"
        #expect(message(FlameGraphCommand.Format?.none)?.contains(refusal) == true)
        #expect(message(FlameGraphCommand.Format.html)?.contains(refusal) == true)
        #expect(message(FlameGraphCommand.Format?.none, "-o", "-") == nil)
        #expect(message(FlameGraphCommand.Format?.none, "-o", "x.svg") == nil)
    }

    @Test func textMayBeRead() {
        #expect(message(DiffCommand.Format.folded) == nil && message(DiffCommand.Format.json) == nil)
        #expect(message(DiffCommand.Format.svg) != nil)
        #expect(message(DiffCommand.Format?.none)?.contains("give -o FILE (.svg, .html, .folded, .json)") == true)
    }

    @Test(arguments: ["x.svg", "x.SVG", "x.svg.gz", "dir.html/x.svg"]) func formatsAreKnownByExtension(name: String)
        throws
    {
        #expect(try DiffCommand.Format.choose(nil, for: OutputOption.parse(["-o", name]), onTerminal: false) == .svg)
    }
}
