import HearthJSON
import Testing

@Suite struct JSONPlacesTests {
    private let text = """
        {
          "a": [1, {"b\\u0063": "x{,\\"]"},
            [] , {} ],
          "d": {"e": null, "f": -1.5e3},
          "d": {"g":
             true}
        }
        """

    @Test func placesAreThoseOfTheText() throws {
        _ = try JSONValue(parsing: text)
        let bytes = Array(text.utf8)
        let places = JSONPlaces(bytes)
        let cases: [(steps: [JSONPath.Location.Step], line: Int, start: String)] = [
            ([], 1, "{"),
            ([.member("a")], 2, "\"a\": ["),
            ([.member("a"), .element(0)], 2, "1, "),
            ([.member("a"), .element(1)], 2, "{\"b"),
            ([.member("a"), .element(1), .member("bc")], 2, "\"b\\u0063\""),
            ([.member("a"), .element(2)], 3, "[] ,"),
            ([.member("a"), .element(3)], 3, "{} ]"),
            // Of what is not there, the part around it.
            ([.member("a"), .element(4)], 2, "\"a\": ["),
            ([.member("a"), .element(3), .member("x")], 3, "{} ]"),
            ([.member("x"), .member("y")], 1, "{"),
            // Of two, the last counts.
            ([.member("d"), .member("g")], 5, "\"g\":"),
            ([.member("d"), .member("e")], 5, "\"d\": {\"g\""),
        ]
        for (steps, line, start) in cases {
            let byte = places.byte(of: steps)
            #expect(bytes[byte...].starts(with: start.utf8), "\(steps): \(byte)")
            #expect(places.line(of: steps) == line, "\(steps)")
        }
    }

    @Test func plainPathsAreTold() throws {
        let cases: [(String, [JSONPath.PlainStep]?)] = [
            ("$", []), ("$.a", [.member("a")]), ("$.a[*]['b c']", [.member("a"), .each, .member("b c")]), ("$[0]", nil),
            ("$..a", nil), ("$['a','b']", nil), ("$.a[?@.b]", nil), ("$.a[0:1]", nil),
        ]
        for (text, steps) in cases { #expect(try JSONPath(text).plainSteps == steps, "\(text)") }
    }
}
