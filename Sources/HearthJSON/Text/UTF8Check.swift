/// Where bytes stop being UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF); nil where they never do. O(length).
package func firstInvalidUTF8(_ bytes: ArraySlice<UInt8>) -> Int? {
    var position = bytes.startIndex
    while position < bytes.endIndex {
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            continue
        }
        let length: Int
        // What the second byte may be is all that keeps out overlong forms, surrogates and values too large.
        let second: ClosedRange<UInt8>
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return position
        }
        guard bytes.endIndex - position >= length else { return position }
        guard second ~= bytes[position + 1] else { return position }
        for offset in 2..<length where !(0x80...0xBF ~= bytes[position + offset]) { return position }
        position += length
    }
    return nil
}
