import HearthRuntime
import Testing

@testable import HearthIngestion

@Suite struct NodeTests {
    private func documents(_ texts: [String]) -> Column {
        var column = BytesColumn(texts)
        column.pad(to: JSONScanner.padding)
        return .bytes(column)
    }

    private func parse(_ texts: [String], _ fields: [DocumentField]) throws -> (RecordColumn, [ItemError]) {
        let node = try ParseNode(fields)
        let output = try node.evaluate([documents(texts)])
        guard case .record(let record) = output.column.content else { preconditionFailure("a record") }
        return (record, output.rejections)
    }

    @Test func parsingKeepsRowsInStep() throws {
        let fields = [
            DocumentField(try FieldPath("id"), .identifier, isRequired: true),
            DocumentField(try FieldPath("tags[]"), .texts), DocumentField(try FieldPath("size.kib"), .number),
            DocumentField(try FieldPath("id"), .text),
        ]
        let (record, rejections) = try parse(
            [
                #"{"id":"a","tags":["x",null,"y"],"size":{"kib":3}}"#, #"{"id":"b","tags":["lost"],"size":nul}"#,
                #"{"tags":["lost"]}"#, #"{"id":7,"size":{"kib":2.5}}"#, #"{"id":"","tags":[]}"#, #"{"id":{"x":1}}"#,
                #"{"id":"first","id":"last"}"#, #"{"id":"c","tags":["lost",1]}"#, #"{"id":"d","size":3}"#,
            ], fields)
        #expect(record["id"] == .text(BytesColumn(["a", nil, nil, "7", nil, nil, "last", nil, nil])))
        #expect(record["tags[]"] == .texts(ListColumn([["x", "y"], nil, nil, nil, nil, nil, nil, nil, nil])))
        #expect(record["size.kib"] == .number(NumberColumn([3, nil, nil, 2.5, nil, nil, nil, nil, nil])))
        let missing = "lacks the required field 'id'"
        #expect(
            rejections == [
                ItemError(item: 1, reason: "expected null", byte: 33), ItemError(item: 2, reason: missing, byte: 0),
                ItemError(item: 4, reason: missing, byte: 0),
                ItemError(item: 5, reason: "the field 'id' is an object, not a string or an integer", byte: 0),
                ItemError(item: 7, reason: "the field 'tags[]' is an integer, not a string", byte: 0),
                ItemError(item: 8, reason: "the field 'size' is an integer, not an object", byte: 0),
            ])
    }

    /// What simdjson refuses and RFC 8259 allows is read, and members that come twice count as the tree has them; whichever way.
    @Test(arguments: FieldAccess.allCases) func everyGoodDocumentIsRead(_ access: FieldAccess) throws {
        let fields = [
            DocumentField(try FieldPath("id"), .identifier, isRequired: true),
            DocumentField(try FieldPath("tags[]"), .texts), DocumentField(try FieldPath("size.kib"), .number),
        ]
        let deep = String(repeating: "[", count: 1023) + String(repeating: "]", count: 1023)
        let output = try ParseNode(fields, access: access).evaluate([
            documents([
                #"{"id":"a","size":{"kib":123456789012345678901234567890}}"#,
                #"{"id":"b","tags":["x"],"tags":["y","z"]}"#,
                #"{"id":"c","size":{"kib":1},"size":{}}"#, #"{"id":5,"id":true}"#, #"{"id":{},"id":"d"}"#,
                #"{"id":"e","x":\#(deep)}"#, #"{"id":"f","x":[\#(deep)]}"#, #"{"id":"g","tags":["\ud800"]}"#, " [1]",
                #"{"id":18446744073709551615}"#, #"{"id":-9223372036854775808,"size":{"kib":-0}}"#,
            ])
        ])
        #expect(
            output.rejections.map { "\($0.item) \($0.reason) \($0.byte ?? -1)" } == [
                "3 the field 'id' is a boolean, not a string or an integer 0", "6 more than 1024 levels deep 1037",
                "7 half of a surrogate pair 19", "8 not an object 1",
                "9 the field 'id' is a number, not a string or an integer 0",
            ])
        let rejections = output.rejections.map { Rejection(node: "parse", run: "test", error: $0) }
        let columns = try fields.map {
            try FieldNode($0).evaluate([output.column], rejections: rejections).column
        }
        #expect(
            columns[0]
                == .text(BytesColumn(["a", "b", "c", nil, "d", "e", nil, nil, nil, nil, "-9223372036854775808"])))
        #expect(columns[1] == .texts(ListColumn([nil, ["y", "z"], nil, nil, nil, nil, nil, nil, nil, nil, nil])))
        #expect(
            columns[2]
                == .number(
                    NumberColumn([
                        123_456_789_012_345_677_877_719_597_056, nil, nil, nil, nil, nil, nil, nil, nil, nil, 0,
                    ])))
    }

    /// What no path leads to may be anything; what one leads to is read and judged as ever.
    @Test func looseReadingChecksWhatItReads() throws {
        let fields = [
            DocumentField(try FieldPath("id"), .identifier, isRequired: true),
            DocumentField(try FieldPath("a.b"), .text),
        ]
        let documents = BytesColumn([
            #"{"id":"x","skipped":[tru, 01],"a":{"b":"y"}}"#, #"{"id":"x","a":{"b":nul}}"#,
            #"{"id":"first","id":"last"}"#, #"{"a":{"b":"y"}}"#, #"{"id":"x","a":{"b":1}}"#,
        ])
        let (record, rejections) = try DocumentParser(fields, isStrict: false).record(of: documents)
        #expect(rejections.map(\.item) == [1, 3, 4])
        #expect(record["id"] == .text(BytesColumn(["x", nil, "last", nil, nil])))
        #expect(record["a.b"] == .text(BytesColumn(["y", nil, nil, nil, nil])))
    }

    @Test func pathsBecomeQueries() throws {
        for (path, query) in [
            ("id", "$.id"), ("depends[].name", "$.depends[*].name"), ("a[][].b", "$.a[*][*].b"),
            ("x y.1.'", #"$['x y']['1']['\'']"#),
        ] { #expect(try FieldPath(path).jsonPath == query) }
    }

    @Test func joins() throws {
        let first = DocumentField(try FieldPath("a"), .text)
        let second = DocumentField(try FieldPath("b"), .text)
        let record = RecordColumn(
            count: 4,
            columns: [
                "a": .text(BytesColumn(["x", nil, "x", nil])), "b": .text(BytesColumn(["y", "y", nil, nil])),
            ])
        let joined = try JoinedFieldsNode([first, second], separator: ", ").evaluate([.record(record)])
        #expect(joined.column == .text(BytesColumn(["x, y", "y", "x", nil])))
        let lists = try JoinedListsNode(lists: 2).evaluate(
            [.texts(ListColumn([["a", "b"], nil, []])), .texts(ListColumn([["c"], ["d"], nil]))])
        #expect(lists.column == .text(BytesColumn(["a b c", "d", nil])))
    }

    @Test func categoriesAreEqualOrNearlyAtRightAngles() throws {
        let names = ["games", "libs", "python", "admin", "games"]
        let output = try CategoryNode(dimension: 64).evaluate([.text(BytesColumn(names + [nil]))])
        guard case .vector(let vectors) = output.column.content else { preconditionFailure("vectors") }
        func product(_ a: Int, _ b: Int) -> Float { zip(vectors[a], vectors[b]).reduce(0) { $0 + $1.0 * $1.1 } }
        #expect(Array(vectors[0]) == Array(vectors[4]))
        for a in 0..<4 {
            #expect(abs(product(a, a) - 1) < 1e-5)
            for b in 0..<a { #expect(abs(product(a, b)) < 0.5) }
        }
        #expect(vectors[5].allSatisfy { $0 == 0 })
    }

    @Test func magnitudesAreNearWhereTheirLogarithmsAre() {
        func product(_ a: Double, _ b: Double) -> Float {
            let (a, b) = (MagnitudeNode.vector(a, largest: 1e9), MagnitudeNode.vector(b, largest: 1e9))
            return a[0] * b[0] + a[1] * b[1]
        }
        for size in [0, 1, 100, 1e6, 1e12, .infinity, .nan] { #expect(abs(product(size, size) - 1) < 1e-5, "\(size)") }
        #expect(product(1000, 1100) > product(1000, 10_000))
        #expect(product(1000, 10_000) > product(1000, 1_000_000))
        #expect(product(1e12, 1e15) == product(1e9, 1e9))
    }

    @Test func combiningWeighsAndNormalises() {
        let vector = CombineNode.combine([[1, 0], [0, 1]], weights: [3, 4])
        #expect(vector == [0.6, 0, 0, 0.8])
        #expect(CombineNode.combine([[0, 0], [0]], weights: [1, 1]) == [0, 0, 0])
    }

    @Test func storedVectorsAreLittleEndian() {
        let data = StoredVector.data([1, -2.5])
        #expect(Array(data) == [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0])
        #expect(StoredVector.product(data, [2, 4]) == -8)
        #expect(StoredVector.product(data, [1]) == nil)
        let long = (0..<19).map { Float($0) }
        #expect(StoredVector.product(StoredVector.data(ColumnBuffer(long)), long) == 2109)
    }
}
