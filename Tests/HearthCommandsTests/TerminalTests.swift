import Testing

@testable import HearthTerminal

@Suite struct TerminalTests {
    @Test func columnsLineUp() {
        var table = TextTable(columns: [
            TextTable.Column("self", .right), TextTable.Column("function"), TextTable.Column("image"),
        ])
        table.append(["1,234", "main", "app"])
        table.append(["5", "日本", "libc.so.6"])
        table.append(["7", "e\u{301}"])
        #expect(
            table.rendered() == """
                 self  function  image
                1,234  main      app
                    5  日本      libc.so.6
                    7  e\u{301}

                """)
    }

    @Test func namesCannotSteerTheTerminal() {
        var table = TextTable(columns: [TextTable.Column("function")])
        table.append(["evil\u{1B}[2J\nname\u{202E}"])
        #expect(table.rendered() == "function\nevil\\u{1B}[2J\\u{A}name\\u{202E}\n")
    }

    @Test func stylesStandAroundTheTextAndNotInTheWidth() {
        var table = TextTable(columns: [
            TextTable.Column("n", .right, style: .bold), TextTable.Column("name", style: .dim),
        ])
        table.append(["10", "x"])
        #expect(
            table.rendered(styled: true)
                == " \u{1B}[1mn\u{1B}[0m  \u{1B}[1mname\u{1B}[0m\n\u{1B}[1m10\u{1B}[0m  \u{1B}[2mx\u{1B}[0m\n")
        #expect(!table.rendered().contains("\u{1B}"))
    }

    @Test func theLastColumnIsCutToTheTerminal() {
        var table = TextTable(columns: [TextTable.Column("a"), TextTable.Column("b")])
        table.append(["1", "a long name that does not fit"])
        #expect(table.rendered(maxWidth: 15) == "a  b\n1  a long name…\n")
        #expect(TextTable(columns: []).rendered().isEmpty)
    }

    @Test(arguments: [
        (0, "0"), (12, "12"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (-1_234_567, "-1,234,567"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func thousands(number: Int, text: String) {
        #expect(grouped(number) == text)
    }

    @Test func progressSaysShareRateAndTimeLeft() {
        let line = ProgressLine(
            label: "Ingesting", unit: "documents", done: 15_000, total: 60_000, elapsed: .seconds(10))
        #expect(
            line.rendered(columns: 100)
                == "Ingesting  25% █████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  15,000/60,000 documents  1,500/s  0:30 left"
        )
        #expect(line.rendered(columns: 70) == "Ingesting  25% ██░░░░░░░  15,000/60,000 documents  1,500/s  0:30 left")
        #expect(line.rendered(columns: 40) == "Ingesting  25%  15,000/60,000 documents…")
        #expect(line.finished(columns: 100) == "Ingesting  15,000 documents in 0:10  1,500/s")
    }

    @Test(arguments: 1..<130)
    func progressFitsTheTerminal(columns: Int) {
        for (done, total) in [(0, nil), (0, 10), (7, 10), (10, 10), (12, 10), (Int.max, 1), (5, 0), (3, nil)]
            as [(Int, Int?)]
        {
            let line = ProgressLine(label: "Reading", unit: "bytes", done: done, total: total, elapsed: .seconds(4_000))
            #expect(line.rendered(columns: columns).terminalWidth <= columns)
            #expect(line.finished(columns: columns).terminalWidth <= columns)
        }
    }

    @Test func progressWithoutTotalOrTimeSaysNoMoreThanItKnows() {
        let unknown = ProgressLine(label: "Reading", unit: "lines", done: 5, total: nil, elapsed: .milliseconds(500))
        #expect(unknown.rendered(columns: 80) == "Reading  5 lines  10/s")
        let slow = ProgressLine(label: "Reading", unit: "lines", done: 1, total: 3, elapsed: .seconds(3_600))
        #expect(slow.rendered(columns: 40) == "Reading  33%  1/3 lines  0.0/s  2:00:00…")
        let start = ProgressLine(label: "Reading", unit: "lines", done: 0, total: 3, elapsed: .zero)
        #expect(start.rendered(columns: 40) == "Reading   0% ░░░░░░░░░░░░░░░  0/3 lines")
    }

    @Test func failuresAreOneLine() {
        #expect(CommandFailure("bad\nname").description == "bad\\u{A}name")
        #expect(CommandFailure("cannot read x", hint: "look there").description == "cannot read x; look there")
        #expect(CommandFailure("Did you mean y?", hint: "see help").description == "Did you mean y? see help")
    }
}
