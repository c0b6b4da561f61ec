/// What a record adds to the tables, as Docs/Store.md describes it: counts, then each table column by column, so that
/// deflate finds like beside like.
extension StoreTables {
    /// The entries from `mark` on. O(entries).
    func encoded(from mark: Mark) -> [UInt8] {
        var bytes: [UInt8] = []
        for (start, end) in mark.pairs(with: self.mark) {
            bytes.append(varint: start)
            bytes.append(varint: end - start)
        }
        for index in mark.strings..<strings.count { bytes.append(varint: strings.range(UInt32(index)).count) }
        if mark.strings < strings.count {
            bytes.append(contentsOf: strings.bytes[strings.range(UInt32(mark.strings)).lowerBound...])
        }
        for image in images[mark.images...] {
            bytes.append(varint: image.path)
            bytes.append(varint: image.buildID)
            for number in [image.start, image.end, image.bias, image.fileOffset] { bytes.append(varint: number) }
        }
        encode(frames[mark.frames...], to: &bytes)
        for index in mark.stacks..<stacks.count {
            // Mostly the stack before it.
            bytes.append(varint: index - 1 - Int(stacks[index].parent))
        }
        for stack in stacks[mark.stacks...] { bytes.append(varint: stack.frame) }
        for index in mark.labelSets..<labelSets.count { encode(labelSets[UInt32(index)], to: &bytes) }
        var last: UInt32 = 0
        for series in series[mark.series...] {
            bytes.append(signed: Int64(series.stack) - Int64(last))
            last = series.stack
        }
        for series in series[mark.series...] { bytes.append(varint: series.labels) }
        return bytes
    }

    private func encode(_ frames: ArraySlice<Frame>, to bytes: inout [UInt8]) {
        for frame in frames { bytes.append(varint: frame.name) }
        for frame in frames { bytes.append(signed: Int64(frame.fullName) - Int64(frame.name)) }
        for frame in frames { bytes.append(varint: frame.file) }
        for frame in frames { bytes.append(varint: frame.line) }
        for frame in frames { bytes.append(varint: frame.image) }
        for frame in frames { bytes.append(frame.kind) }
        var last: UInt64 = 0
        for frame in frames {
            bytes.append(signed: Int64(bitPattern: frame.address &- last))
            last = frame.address
        }
    }

    private func encode(_ set: ArraySlice<Label>, to bytes: inout [UInt8]) {
        bytes.append(varint: set.count)
        for label in set {
            bytes.append(varint: label.key)
            switch label.value {
            case .text(let value):
                bytes.append(0)
                bytes.append(varint: value)
            case .number(let number, let unit):
                bytes.append(1)
                bytes.append(signed: number)
                bytes.append(varint: unit)
            }
        }
    }

    /// Adds what a record adds. On error the tables may hold a part of it and are not to be used. O(bytes).
    mutating func decode(_ cursor: inout ByteCursor) throws(Malformed) {
        var counts: [Int] = []
        for (_, known) in mark.pairs(with: mark) {
            let start = try cursor.varint()
            guard start == UInt64(known) else {
                throw Malformed("tables go on at entry \(start), and \(known) are known")
            }
            // No entry is shorter than a byte.
            counts.append(try cursor.count("the size of a table"))
        }
        try decodeStrings(&cursor, count: counts[0])
        for _ in 0..<counts[1] { images.append(try decodeImage(&cursor)) }
        try decodeFrames(&cursor, count: counts[2])
        try decodeStacks(&cursor, count: counts[3])
        for _ in 0..<counts[4] { labelSets.append(try decodeLabels(&cursor)) }
        try decodeSeries(&cursor, count: counts[5])
        try cursor.requireEnd()
    }

    private mutating func decodeStrings(_ cursor: inout ByteCursor, count: Int) throws(Malformed) {
        var lengths: [Int] = []
        lengths.reserveCapacity(count)
        var size = 0
        for _ in 0..<count {
            let length = try cursor.count("the length of a string")
            lengths.append(length)
            size += length
        }
        strings.append(cursor.bytes[try cursor.range(size)], lengths: lengths)
    }

    private func decodeImage(_ cursor: inout ByteCursor) throws(Malformed) -> Image {
        Image(
            path: try cursor.index(in: strings.count, "the path of an image"),
            buildID: try cursor.index(in: strings.count, "the build-id of an image"), start: try cursor.varint(),
            end: try cursor.varint(), bias: try cursor.varint(), fileOffset: try cursor.varint())
    }

    private mutating func decodeFrames(_ cursor: inout ByteCursor, count: Int) throws(Malformed) {
        let first = frames.count
        let empty = Frame(name: 0, fullName: 0, file: 0, line: 0, image: 0, kind: 0, address: 0)
        frames.append(contentsOf: repeatElement(empty, count: count))
        for index in first..<first + count {
            frames[index].name = try cursor.index(in: strings.count, "the name of a frame")
        }
        for index in first..<first + count {
            let name = Int64(frames[index].name) &+ (try cursor.signed())
            guard name >= 0, name < strings.count else {
                throw Malformed("the whole name of frame \(index) is \(name)")
            }
            frames[index].fullName = UInt32(name)
        }
        for index in first..<first + count {
            frames[index].file = try cursor.index(in: strings.count, "the file of a frame")
        }
        for index in first..<first + count {
            frames[index].line = UInt32(try cursor.number(upTo: Int(UInt32.max), "the line of a frame"))
        }
        for index in first..<first + count {
            frames[index].image = try cursor.index(in: images.count + 1, "the image of a frame")
        }
        for index in first..<first + count { frames[index].kind = try cursor.byte() }
        var last: UInt64 = 0
        for index in first..<first + count {
            last &+= UInt64(bitPattern: try cursor.signed())
            frames[index].address = last
        }
    }

    private mutating func decodeStacks(_ cursor: inout ByteCursor, count: Int) throws(Malformed) {
        let first = stacks.count
        stacks.reserveCapacity(first + count)
        for index in first..<first + count {
            // What is not before the stack would be a circle.
            let distance = try cursor.number(upTo: index - 1, "the distance of a stack to its caller")
            stacks.append(Stack(parent: UInt32(index - 1 - distance), frame: 0))
        }
        for index in first..<first + count {
            stacks[index].frame = try cursor.index(in: frames.count, "the frame of a stack")
        }
    }

    private func decodeLabels(_ cursor: inout ByteCursor) throws(Malformed) -> [Label] {
        var set: [Label] = []
        for _ in 0..<(try cursor.count("the size of a label set")) {
            let key = try cursor.index(in: strings.count, "the key of a label")
            if let last = set.last, key <= last.key { throw Malformed("the keys of a label set do not ascend") }
            switch try cursor.byte() {
            case 0:
                set.append(Label(key: key, value: .text(try cursor.index(in: strings.count, "the value of a label"))))
            case 1:
                let number = try cursor.signed()
                let unit = try cursor.index(in: strings.count, "the unit of a label")
                set.append(Label(key: key, value: .number(number, unit: unit)))
            case let kind: throw Malformed("a label of kind \(kind)")
            }
        }
        return set
    }

    private mutating func decodeSeries(_ cursor: inout ByteCursor, count: Int) throws(Malformed) {
        let first = series.count
        series.reserveCapacity(first + count)
        var last: Int64 = 0
        for _ in 0..<count {
            last &+= try cursor.signed()
            guard last >= 0, last < stacks.count else { throw Malformed("the stack of a series is \(last)") }
            series.append(Series(stack: UInt32(last), labels: 0))
        }
        for index in first..<first + count {
            series[index].labels = try cursor.index(in: labelSets.count, "the labels of a series")
        }
    }
}

extension StoreTables.Mark {
    /// Where each table begins and ends, in the order in which they are written.
    fileprivate func pairs(with end: Self) -> [(start: Int, end: Int)] {
        [
            (strings, end.strings), (images, end.images), (frames, end.frames), (stacks, end.stacks),
            (labelSets, end.labelSets), (series, end.series),
        ]
    }
}
