internal import HearthProfile

/// The first record of a segment: whose windows these are, and which columns they have.
struct ProcessRecord {
    var process: StoredProcess
    var run: UInt64
    var sampleTypes: [ValueType]

    func payload() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(fixed: run)
        bytes.append(signed: process.startTime)
        bytes.append(varint: process.labels.count)
        for (key, value) in process.labels.sorted(by: { $0.key < $1.key }) {
            bytes.append(text: key)
            bytes.append(text: value)
        }
        bytes.append(varint: sampleTypes.count)
        for type in sampleTypes {
            bytes.append(text: type.type)
            bytes.append(text: type.unit)
        }
        return bytes
    }

    init(process: StoredProcess, run: UInt64, sampleTypes: [ValueType]) {
        self.process = process
        self.run = run
        self.sampleTypes = sampleTypes
    }

    init(_ cursor: inout ByteCursor) throws(Malformed) {
        run = try cursor.fixed(UInt64.self)
        process = StoredProcess(startTime: try cursor.signed())
        for _ in 0..<(try cursor.count("the number of labels of a process")) {
            process.labels[try cursor.text()] = try cursor.text()
        }
        let columns = try cursor.number(upTo: StoreFormat.columnLimit, "the number of sample types")
        guard columns > 0 else { throw Malformed("a segment without sample types") }
        sampleTypes = []
        for _ in 0..<columns { sampleTypes.append(ValueType(type: try cursor.text(), unit: try cursor.text())) }
        // More may follow in a later version.
    }
}
