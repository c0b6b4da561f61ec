import HearthJSON
import Testing

/// The examples of RFC 9535, section by section.
@Suite struct JSONPathTests {
    /// What a query selects, as JSON.
    private func select(_ path: String, _ document: String) throws -> [String] {
        let path = try JSONPath(path)
        let document = try JSONValue(parsing: document)
        let nodes = path.nodes(in: document)
        // Without places it is the same, and each place leads to its value.
        #expect(path.values(in: document) == nodes.map(\.value))
        for node in nodes { #expect(try JSONPath(node.location.description).values(in: document) == [node.value]) }
        // What is written canonically is the same query.
        #expect(try JSONPath(path.description).values(in: document) == nodes.map(\.value), "\(path)")
        return nodes.map(\.value.description)
    }

    private func places(_ path: String, _ document: String) throws -> [String] {
        try JSONPath(path).nodes(in: JSONValue(parsing: document)).map(\.location.description)
    }

    // MARK: 1.5

    private static let store = """
        { "store": { "book": [
            { "category": "reference", "author": "Nigel Rees", "title": "Sayings of the Century", "price": 8.95 },
            { "category": "fiction", "author": "Evelyn Waugh", "title": "Sword of Honour", "price": 12.99 },
            { "category": "fiction", "author": "Herman Melville", "title": "Moby Dick", "isbn": "0-553-21311-3", "price": 8.99 },
            { "category": "fiction", "author": "J. R. R. Tolkien", "title": "The Lord of the Rings", "isbn": "0-395-19395-8",
              "price": 22.99 } ],
            "bicycle": { "color": "red", "price": 399 } } }
        """

    @Test(
        arguments: [
            ("$.store.book[*].author", (0..<4).map { "$['store']['book'][\($0)]['author']" }),
            ("$..author", (0..<4).map { "$['store']['book'][\($0)]['author']" }),
            ("$.store.*", ["$['store']['book']", "$['store']['bicycle']"]),
            (
                "$.store..price",
                (0..<4).map { "$['store']['book'][\($0)]['price']" } + ["$['store']['bicycle']['price']"]
            ),
            ("$..book[2]", ["$['store']['book'][2]"]), ("$..book[2].author", ["$['store']['book'][2]['author']"]),
            ("$..book[2].publisher", []), ("$..book[-1]", ["$['store']['book'][3]"]),
            ("$..book[0,1]", ["$['store']['book'][0]", "$['store']['book'][1]"]),
            ("$..book[:2]", ["$['store']['book'][0]", "$['store']['book'][1]"]),
            ("$..book[?@.isbn]", ["$['store']['book'][2]", "$['store']['book'][3]"]),
            ("$..book[?@.price<10]", ["$['store']['book'][0]", "$['store']['book'][2]"]),
        ]) func findsInTheBookStore(_ path: String, _ expected: [String]) throws
    {
        // `$..price` of a filter that meets the bicycle too, and the order that the document has.
        let found = try places(path, Self.store)
        #expect(path == "$.store..price" ? Set(found) == Set(expected) : found == expected)
        _ = try select(path, Self.store)
    }

    @Test func findsEverythingInTheBookStore() throws { #expect(try places("$..*", Self.store).count == 27) }

    // MARK: 2.2 to 2.3.4

    @Test(
        arguments: [
            ("$", #"{"k":"v"}"#, [#"{"k":"v"}"#]),
            // 2.3.1.3
            ("$.o['j j']", #"{"o":{"j j":{"k.k":3}},"'":{"@":2}}"#, [#"{"k.k":3}"#]),
            ("$.o['j j']['k.k']", #"{"o":{"j j":{"k.k":3}},"'":{"@":2}}"#, ["3"]),
            (#"$.o["j j"]["k.k"]"#, #"{"o":{"j j":{"k.k":3}},"'":{"@":2}}"#, ["3"]),
            (#"$["'"]["@"]"#, #"{"o":{"j j":{"k.k":3}},"'":{"@":2}}"#, ["2"]),
            // 2.3.2.3
            ("$[*]", #"{"o":{"j":1,"k":2},"a":[5,3]}"#, [#"{"j":1,"k":2}"#, "[5,3]"]),
            ("$.o[*]", #"{"o":{"j":1,"k":2},"a":[5,3]}"#, ["1", "2"]),
            ("$.o[*, *]", #"{"o":{"j":1,"k":2},"a":[5,3]}"#, ["1", "2", "1", "2"]),
            ("$.a[*]", #"{"o":{"j":1,"k":2},"a":[5,3]}"#, ["5", "3"]),
            // 2.3.3.3
            ("$[1]", #"["a","b"]"#, [#""b""#]), ("$[-2]", #"["a","b"]"#, [#""a""#]), ("$[2]", #"["a","b"]"#, []),
            ("$[-3]", #"["a","b"]"#, []), ("$[0]", #"{"0":1}"#, []),
        ]) func selects(_ path: String, _ document: String, _ expected: [String]) throws
    {
        #expect(try select(path, document) == expected)
    }

    /// 2.3.4.3, and the slices of its table of defaults.
    @Test(
        arguments: [
            ("1:3", [1, 2]), ("5:", [5, 6]), ("1:5:2", [1, 3]), ("5:1:-2", [5, 3]), ("::-1", [6, 5, 4, 3, 2, 1, 0]),
            (":", [0, 1, 2, 3, 4, 5, 6]), ("::", [0, 1, 2, 3, 4, 5, 6]), ("::0", []), ("-2:", [5, 6]), (":-5", [0, 1]),
            ("-100:100", [0, 1, 2, 3, 4, 5, 6]), ("100:-100:-3", [6, 3, 0]), ("3:3", []), ("4:2", []), ("2:4:-1", []),
            ("-1:-4:-1", [6, 5, 4]), (":2:-1", [6, 5, 4, 3]), ("2::-1", [2, 1, 0]), ("::100", [0]), ("::-100", [6]),
            ("0:9007199254740991:9007199254740991", [0]), ("::-9007199254740991", [6]), (" 1 : 5 : 2 ", [1, 3]),
            ("0::", [0, 1, 2, 3, 4, 5, 6]),
        ]) func slices(_ slice: String, _ expected: [Int]) throws
    {
        #expect(
            try select("$[\(slice)]", #"["a","b","c","d","e","f","g"]"#)
                == expected.map { "\"\(Array("abcdefg")[$0])\"" })
        #expect(try select("$[\(slice)]", "[]") == [])
        #expect(try select("$[\(slice)]", "{\"a\":1}") == [])
    }

    // MARK: 2.3.5.3

    /// The table of comparisons. A filter over one element whose root is asked says whether one holds.
    @Test(
        arguments: [
            ("$.absent1 == $.absent2", true), ("$.absent1 <= $.absent2", true), ("$.absent == 'g'", false),
            ("$.absent1 != $.absent2", false), ("$.absent != 'g'", true), ("1 <= 2", true), ("1 > 2", false),
            ("13 == '13'", false), ("'a' <= 'b'", true), ("'a' > 'b'", false), ("$.obj == $.arr", false),
            ("$.obj != $.arr", true), ("$.obj == $.obj", true), ("$.obj != $.obj", false), ("$.arr == $.arr", true),
            ("$.arr != $.arr", false), ("$.obj == 17", false), ("$.obj != 17", true), ("$.obj <= $.arr", false),
            ("$.obj < $.arr", false), ("$.obj <= $.obj", true), ("$.arr <= $.arr", true), ("1 <= $.arr", false),
            ("1 >= $.arr", false), ("1 > $.arr", false), ("1 < $.arr", false), ("true <= true", true),
            ("true > true", false),
            // Beyond the table.
            ("1 == 1.0", true), ("1e2 == 100", true), ("-0 == 0.0", true),
            ("9007199254740993 == 9007199254740992.0", false),
            ("null == null", true), ("null == $.absent", false), ("null <= null", true), ("false < true", false),
            ("'\u{E9}' == 'e\u{301}'", false), ("'\u{FFFD}' < '\u{1F600}'", true), ("'' < 'a'", true),
            ("'a' < 'aa'", true),
            ("'10' < '9'", true), ("\"a\\u0062\" == 'ab'", true),
        ]) func compares(_ comparison: String, _ holds: Bool) throws
    {
        let found = try select("$.one[?\(comparison)]", #"{"obj":{"x":"y"},"arr":[2,3],"one":[0]}"#)
        #expect(found == (holds ? ["0"] : []))
    }

    private static let filtered = """
        {"a":[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}],"o":{"p":1,"q":2,"r":3,"s":5,"t":{"u":6}},"e":"f"}
        """

    @Test(
        arguments: [
            ("$.a[?@.b == 'kilo']", [#"{"b":"kilo"}"#]), ("$.a[?(@.b == 'kilo')]", [#"{"b":"kilo"}"#]),
            ("$.a[?@>3.5]", ["5", "4", "6"]),
            ("$.a[?@.b]", [#"{"b":"j"}"#, #"{"b":"k"}"#, #"{"b":{}}"#, #"{"b":"kilo"}"#]),
            (
                "$[?@.*]",
                [
                    #"[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}]"#,
                    #"{"p":1,"q":2,"r":3,"s":5,"t":{"u":6}}"#,
                ]
            ),
            ("$[?@[?@.b]]", [#"[3,5,1,2,4,6,{"b":"j"},{"b":"k"},{"b":{}},{"b":"kilo"}]"#]),
            ("$.o[?@<3, ?@<3]", ["1", "2", "1", "2"]),
            (#"$.a[?@<2 || @.b == "k"]"#, ["1", #"{"b":"k"}"#]),
            (#"$.a[?match(@.b, "[jk]")]"#, [#"{"b":"j"}"#, #"{"b":"k"}"#]),
            (#"$.a[?search(@.b, "[jk]")]"#, [#"{"b":"j"}"#, #"{"b":"k"}"#, #"{"b":"kilo"}"#]),
            ("$.o[?@>1 && @<4]", ["2", "3"]), ("$.o[?@.u || @.x]", [#"{"u":6}"#]),
            ("$.a[?@.b == $.x]", ["3", "5", "1", "2", "4", "6"]),
            (
                "$.a[?@ == @]",
                ["3", "5", "1", "2", "4", "6", #"{"b":"j"}"#, #"{"b":"k"}"#, #"{"b":{}}"#, #"{"b":"kilo"}"#]
            ),
            // Beyond the table.
            ("$.a[?!@.b && @ >= 5]", ["5", "6"]), ("$.a[?!(@.b || @ >= 3)]", ["1", "2"]),
            ("$.a[?@ == 1 || @ == 2 && @ == 3]", ["1"]), ("$.a[?(@ == 1 || @ == 2) && @ != 1]", ["2"]),
            ("$.a[?length(@.b) == 4]", [#"{"b":"kilo"}"#]), ("$.o[?@ == $.a[1]]", ["5"]),
        ]) func filters(_ path: String, _ expected: [String]) throws
    {
        #expect(try select(path, Self.filtered) == expected)
    }

    // MARK: 2.4

    @Test(
        arguments: [
            (
                "$[?length(@) < 3]", #"["ab","abc",[1,2],{"a":1},5,null,"é😀"]"#,
                [#""ab""#, "[1,2]", #"{"a":1}"#, #""é😀""#]
            ),
            (
                "$[?length(@.authors) >= 5]", #"[{"authors":[1,2,3,4,5]},{"authors":"abc"},{}]"#,
                [#"{"authors":[1,2,3,4,5]}"#]
            ),
            ("$[?length(@.x) == length(@.y)]", #"[{"x":1},{"x":""}]"#, [#"{"x":1}"#]),
            (
                "$[?count(@.*.author) >= 2]", #"[[{"author":1},{"author":2}],[{"author":1}]]"#,
                [#"[{"author":1},{"author":2}]"#]
            ),
            ("$[?count(@..*) == 3]", #"[[1,[2]],[1,2]]"#, ["[1,[2]]"]),
            (
                #"$[?match(@.date, "1974-05-..")]"#, #"[{"date":"1974-05-01"},{"date":"1974-05-011"}]"#,
                [#"{"date":"1974-05-01"}"#]
            ),
            (
                #"$[?search(@.author, "[BR]ob")]"#, #"[{"author":"A Bob B"},{"author":"bob"},{"author":7}]"#,
                [#"{"author":"A Bob B"}"#]
            ),
            (
                #"$[?value(@..color) == "red"]"#, #"[{"x":{"color":"red"}},{"color":"red","y":{"color":"red"}}]"#,
                [#"{"x":{"color":"red"}}"#]
            ),
            (
                "$[?match(@.a, @.p)]", #"[{"a":"xx","p":"x*"},{"a":"xx","p":"x"},{"a":"x","p":1},{"a":"x","p":"("}]"#,
                [#"{"a":"xx","p":"x*"}"#]
            ),
            (#"$[?!match(@, "[")]"#, #"["["]"#, [#""[""#]), ("$[?match(@, 1)]", #"["1"]"#, []),
            ("$[?length(value(@.*)) == 2]", #"[["ab"],["ab","c"]]"#, [#"["ab"]"#]),
            ("$[?count($.*) == 2]", "[1,2]", ["1", "2"]), ("$[?length('abc') == 3]", "[1]", ["1"]),
        ]) func calls(_ path: String, _ document: String, _ expected: [String]) throws
    {
        #expect(try select(path, document) == expected)
    }

    /// 2.4.9: which calls are of the right types.
    @Test(
        arguments: [
            ("$[?length(@) < 3]", true), ("$[?length(@.*) < 3]", false), ("$[?count(@.*) == 1]", true),
            ("$[?count(1) == 1]", false), ("$[?match(@.timezone, 'Europe/.*')]", true),
            ("$[?match(@.timezone, 'Europe/.*') == true]", false), ("$[?value(@..color) == \"red\"]", true),
            ("$[?value(@..color)]", false), ("$[?length(@)]", false), ("$[?length(match(@, 'a')) == 1]", false),
            ("$[?count(length(@)) == 1]", false), ("$[?length() == 1]", false), ("$[?length(@, @) == 1]", false),
            ("$[?search(@)]", false), ("$[?none(@)]", false), ("$[?length (@) == 1]", false),
            ("$[?length( @ ) == 1]", true),
            ("$[?@.* == 1]", false), ("$[?@..a == 1]", false), ("$[?@[0, 1] == 1]", false), ("$[?@[0:1] == 1]", false),
            ("$[?1]", false), ("$[?true]", false), ("$[?'a']", false), ("$[?1 == 1]", true), ("$[?!1 == 1]", false),
            ("$[?!(1 == 1)]", true), ("$[?(@.a) == 1]", false), ("$[?@.a == 1 == 1]", false), ("$[?!!@.a]", false),
            ("$[?! @.a]", true), ("$[?@.a = 1]", false), ("$[?@.a === 1]", false), ("$[?@.a <> 1]", false),
            ("$[?@.a == [1]]", false), ("$[?@.a == {}]", false), ("$[?@.a & @.b]", false), ("$[?@.a and @.b]", false),
        ]) func typesAreChecked(_ path: String, _ isRight: Bool)
    {
        #expect(((try? JSONPath(path)) != nil) == isRight)
    }

    // MARK: 2.5 to 2.7

    @Test(
        arguments: [
            ("$[0, 3]", #"["a","b","c","d","e","f","g"]"#, [#""a""#, #""d""#]),
            ("$[0:2, 5]", #"["a","b","c","d","e","f","g"]"#, [#""a""#, #""b""#, #""f""#]),
            ("$[0, 0]", #"["a","b","c","d","e","f","g"]"#, [#""a""#, #""a""#]),
            ("$..j", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#, ["1", "4"]),
            ("$..[0]", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#, ["5", #"{"j":4}"#]),
            (
                "$..*", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#,
                [
                    #"{"j":1,"k":2}"#, #"[5,3,[{"j":4},{"k":6}]]"#, "1", "2", "5", "3", #"[{"j":4},{"k":6}]"#,
                    #"{"j":4}"#,
                    #"{"k":6}"#, "4", "6",
                ]
            ),
            ("$..o", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#, [#"{"j":1,"k":2}"#]),
            ("$.o..[*, *]", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#, ["1", "2", "1", "2"]),
            ("$.a..[0, 1]", #"{"o":{"j":1,"k":2},"a":[5,3,[{"j":4},{"k":6}]]}"#, ["5", "3", #"{"j":4}"#, #"{"k":6}"#]),
            // 2.6
            ("$.a", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, ["null"]),
            ("$.a[0]", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, []),
            ("$.a.d", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, []),
            ("$.b[0]", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, ["null"]),
            ("$.b[*]", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, ["null"]),
            ("$.b[?@]", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, ["null"]),
            ("$.b[?@==null]", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, ["null"]),
            ("$.c[?@.d==null]", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, []),
            ("$.null", #"{"a":null,"b":[null],"c":[{}],"null":1}"#, ["1"]),
        ]) func walksDown(_ path: String, _ document: String, _ expected: [String]) throws
    {
        #expect(try select(path, document) == expected)
    }

    /// 2.7.
    @Test(arguments: [
        ("$.a", #"{"a":1}"#, "$['a']"), ("$[1]", "[1,2]", "$[1]"), ("$[-3]", "[1,2,3,4,5]", "$[2]"),
        ("$.a.b[1:2]", #"{"a":{"b":[1,2]}}"#, "$['a']['b'][1]"), (#"$["\u000B"]"#, #"{"\u000B":1}"#, #"$['\u000b']"#),
        (#"$["\u0061"]"#, #"{"a":1}"#, "$['a']"),
        (#"$["\"'\\\/\b\f\n\r\t"]"#, #"{"\"'\\/\b\f\n\r\t":1}"#, #"$['"\'\\/\b\f\n\r\t']"#),
        (#"$["\ud83d\ude00\u007f"]"#, #"{"😀\u007f":1}"#, "$['😀\u{7F}']"),
    ]) func placesAreNormalized(_ path: String, _ document: String, _ place: String) throws {
        #expect(try places(path, document) == [place])
    }

    // MARK: The text of queries

    @Test(arguments: [
        ("", 0, "$"), (" $", 0, "$"), ("$ ", 1, "a segment or the end"), ("a", 0, "$"),
        ("$a", 1, "a segment or the end"),
        ("$.", 2, "a member name or * after ."), ("$. a", 2, "a member name or * after ."),
        ("$.1", 2, "a member name or * after ."),
        ("$.'a'", 2, "a member name or * after ."), ("$..", 3, "a member name, * or [ after .."),
        ("$...a", 3, "a member name, * or [ after .."),
        ("$[", 2, "a selector: a name in quotes, an index, a slice, * or ?"),
        ("$[]", 2, "a selector: a name in quotes, an index, a slice, * or ?"),
        ("$[a]", 2, "a selector: a name in quotes, an index, a slice, * or ?"),
        ("$[0", 3, "a comma or ]"), ("$[0 1]", 4, "a comma or ]"),
        ("$[0,]", 4, "a selector: a name in quotes, an index, a slice, * or ?"),
        ("$[01]", 2, "an integer without leading zeros and no -0"),
        ("$[-0]", 2, "an integer without leading zeros and no -0"),
        ("$[-]", 3, "a digit"), ("$[1.0]", 3, "a comma or ]"),
        ("$[9007199254740992]", 2, "an integer of at most 53 bits"),
        ("$[1:2:3:4]", 7, "a comma or ]"), ("$['a]", 5, "a closing '"), ("$[\"a]", 5, "a closing \""),
        ("$['\\x']", 3, "an escape of b, f, n, r, t, /, \\, u or the string's own quote"),
        ("$['\\\"']", 3, "an escape of b, f, n, r, t, /, \\, u or the string's own quote"),
        ("$['\\ud800']", 3, "both halves of a surrogate pair"),
        ("$['\\u12']", 3, "four hexadecimal digits"), ("$['\n']", 3, "an escape: \\u000a"),
        ("$[?]", 3, "a query, a literal, a function, ! or ("),
        ("$[?@.a ==]", 9, "a query, a literal, a function, ! or ("),
        ("$[?(@.a]", 7, "&&, || or )"), ("$[?@.a &&]", 9, "a query, a literal, a function, ! or ("),
        ("$[?@.a == 01]", 10, "a number as JSON has it"), ("$[?tru]", 3, "true, false, null or a function"),
        ("$[?foo(@)]", 3, "a function of these: length, count, match, search, value"),
        ("$[?@.* == 1]", 3, "a query that selects one node at most, of names and indexes"),
        ("$[?length(@)]", 3, "a comparison of what length() gives"), ("$[?1]", 3, "a comparison with the literal"),
        ("$[?1 == match(@, 'a')]", 8, "a value, which match() does not give"),
        ("$[?count(1) == 1]", 9, "a query, which count() looks at"),
        ("$[?match(@)]", 10, "a comma and argument 2 of match()"),
        ("$[?length(@, 1) == 1]", 11, "a ) after the arguments of length()"),
        ("$.é[", 5, "a selector: a name in quotes, an index, a slice, * or ?"),
    ]) func faultsAreNamed(_ path: String, _ byte: Int, _ expected: String) {
        #expect(throws: JSONPathError(path: path, byte: byte, expected: expected)) { try JSONPath(path) }
    }

    @Test(arguments: [
        ("$", "$"), ("$['a']", "$.a"), ("$[\"a b\"]", "$['a b']"), ("$ [ 'a' , 0 ]", "$['a', 0]"),
        ("$\n.a\t..b ..[*]", "$.a..b..[*]"),
        ("$..['x']", "$..x"), ("$.☺", "$.☺"), ("$[ 1 : : 2 ]", "$[1::2]"), ("$[:]", "$[:]"), ("$[::]", "$[:]"),
        ("$['1']", "$['1']"),
        ("$[?@.a==1&&@.b||!@.c]", "$[?@.a == 1 && @.b || !@.c]"), ("$[?((@.a||@.b))&&@.c]", "$[?(@.a || @.b) && @.c]"),
        ("$[?!(@.a==1)]", "$[?!(@.a == 1)]"), ("$[?!(!(@.a))]", "$[?!(!@.a)]"),
        ("$[?!(@.a&&@.b)]", "$[?!(@.a && @.b)]"),
        ("$[?match( @.a ,\"x\\u0027\")]", "$[?match(@.a, 'x\\'')]"), ("$[?1E2<=-0.50]", "$[?100.0 <= -0.5]"),
        ("$[?count($..a)>2]", "$[?count($..a) > 2]"), ("$[?@]", "$[?@]"),
    ]) func isWrittenCanonically(_ path: String, _ canonical: String) throws {
        let path = try JSONPath(path)
        #expect(path.description == canonical)
        #expect(try JSONPath(canonical) == path)
        #expect(try JSONPath(canonical).description == canonical)
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            "$[?" + String(repeating: open, count: depth) + "@" + String(repeating: close, count: depth) + "]"
        }
        _ = try JSONPath(nested(63, "(", ")"))
        _ = try JSONPath(nested(63, "@[?", "]"))
        for (open, close) in [("(", ")"), ("@[?", "]"), ("!(", ")"), ("$[?", "]")] {
            #expect(throws: JSONPathError.self) { try JSONPath(nested(64, open, close)) }
            #expect(throws: JSONPathError.self) { try JSONPath(nested(100_000, open, close)) }
        }
        let long = "$" + String(repeating: ".a", count: 100_000)
        #expect(try JSONPath(long).values(in: .null).isEmpty)
    }

    @Test func deepDocumentsAreWalkedWithoutRecursion() throws {
        let deep = String(repeating: "[", count: 1000) + "7" + String(repeating: "]", count: 1000)
        #expect(try places("$..[?@ == 7]", deep) == ["$" + String(repeating: "[0]", count: 1000)])
    }

    @Test func knowsWhetherOneNodeAtMostIsSelected() throws {
        for path in ["$", "$.a", "$['a'][0][-1].b"] { #expect(try JSONPath(path).isSingular) }
        for path in ["$.*", "$..a", "$[0, 1]", "$[0:1]", "$[?@]"] { #expect(try !JSONPath(path).isSingular) }
    }
}
