/// Where the parts of a document stand in its text, for messages about files that people write. Looks through the text anew each time.
package struct JSONPlaces {
    private let bytes: [UInt8]

    /// - Parameter document: one that `JSONValue(parsing:)` takes.
    package init(_ document: [UInt8]) { bytes = document }

    /// The byte where a member's name or an element begins; of what is not there, that of the innermost part around it that is.
    /// O(length of the document).
    package func byte(of steps: [JSONPath.Location.Step]) -> Int {
        var value = spaceEnd(0)
        var place = value
        for step in steps {
            guard let found = part(step, of: value) else { break }
            (place, value) = (found.place, found.value)
        }
        return place
    }

    /// From 1.
    package func line(of steps: [JSONPath.Location.Step]) -> Int { line(at: byte(of: steps)) }

    /// From 1.
    package func line(at byte: Int) -> Int { 1 + bytes.prefix(byte).count { $0 == 0x0A } }

    private func part(_ step: JSONPath.Location.Step, of container: Int) -> (place: Int, value: Int)? {
        let isObject = at(container) == UInt8(ascii: "{")
        guard isObject || at(container) == UInt8(ascii: "[") else { return nil }
        var found: (place: Int, value: Int)?
        var place = spaceEnd(container + 1)
        var number = 0
        while let byte = at(place), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") {
            var value = place
            if isObject {
                let nameEnd = end(of: place)
                value = spaceEnd(spaceEnd(nameEnd) + 1)
                if case .member(let wanted) = step,
                    case .string(let name)? = try? JSONValue(parsing: Array(bytes[place..<nameEnd])),
                    areSame(name, wanted)
                {
                    // Of a name given twice, the last counts.
                    found = (place, value)
                }
            } else if case .element(number) = step {
                found = (place, value)
            }
            number += 1
            place = spaceEnd(end(of: value))
            if at(place) == UInt8(ascii: ",") { place = spaceEnd(place + 1) }
        }
        return found
    }

    /// Behind the value that begins there.
    private func end(of value: Int) -> Int {
        var place = value
        var depth = 0
        while let byte = at(place) {
            switch byte {
            case UInt8(ascii: "\""): place = stringEnd(place)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return place }
                depth -= 1
                place += 1
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return place }
                place += 1
            default: place += 1
            }
            if depth == 0, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                return place
            }
        }
        return place
    }

    private func stringEnd(_ quote: Int) -> Int {
        var place = quote + 1
        while let byte = at(place), byte != UInt8(ascii: "\"") { place += byte == UInt8(ascii: "\\") ? 2 : 1 }
        return min(place + 1, bytes.count)
    }

    private func spaceEnd(_ start: Int) -> Int {
        var place = start
        while let byte = at(place), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
        return place
    }

    private func at(_ place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }
}
