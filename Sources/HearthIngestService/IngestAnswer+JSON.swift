package import HearthIngestion
internal import HearthJSON

extension IngestAnswer {
    /// `read`, `stored`, `unchanged`, `rejected`, and `rejections` with `line`, `byte`, `node` and `reason`; `error` where not all was
    /// done.
    var json: [UInt8] {
        var json = JSONText()
        json.beginObject()
        for (key, count) in [
            ("read", counts.read), ("stored", counts.stored), ("unchanged", counts.unchanged),
            ("rejected", counts.rejected),
        ] {
            json.key(key)
            json.integer(count)
        }
        json.key("rejections")
        json.beginArray()
        for rejection in rejections {
            json.beginObject()
            rejection.write(to: &json)
            json.endObject()
        }
        json.endArray()
        if let failure {
            json.key("error")
            json.string("\(failure)")
        }
        json.endObject()
        json.endLine()
        return json.bytes
    }
}

extension Neighbour {
    /// An array of objects with `id`, `score` and the fields.
    package static func json(_ found: [Neighbour]) -> [UInt8] {
        var json = JSONText()
        json.beginArray()
        for neighbour in found {
            json.beginObject()
            json.key("id")
            json.string(neighbour.key)
            json.key("score")
            json.number(Double(neighbour.score))
            for (name, value) in neighbour.fields.sorted(by: { $0.key < $1.key }) {
                json.key(name)
                json.string(value)
            }
            json.endObject()
        }
        json.endArray()
        json.endLine()
        return json.bytes
    }
}
