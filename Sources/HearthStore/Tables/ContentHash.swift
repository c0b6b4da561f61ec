internal import HearthProfile

/// 128 bits that stand for a stack by all that is in it, whichever tables it is in.
///
/// Nearly every stack of a window was in the windows before it. It is known again by this, without looking up its frames and
/// their names one by one, which is ten times as dear. That two of the stacks of a service have the same 128 bits does not
/// happen.
struct ContentHash: Hashable {
    private(set) var first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var second: UInt64 = 0xD1B5_4A32_D192_ED03

    @inline(__always)
    mutating func combine(_ word: UInt64) {
        first = (first ^ word) &* 0xBF58_476D_1CE4_E5B9
        first ^= first &>> 32
        second = (second &+ word) &* 0x94D0_49BB_1331_11EB
        second ^= second &>> 29
    }

    @inline(__always)
    mutating func combine(_ other: ContentHash) {
        combine(other.first)
        combine(other.second)
    }

    /// Eight bytes at a time, over unsafe bytes.
    init(_ string: String) {
        var string = string
        self = string.withUTF8 { bytes in
            var hash = ContentHash()
            let bytes = UnsafeRawBufferPointer(bytes)
            hash.combine(UInt64(bytes.count))
            var offset = 0
            while offset &+ 8 <= bytes.count {
                hash.combine(unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset &+= 8
            }
            var last: UInt64 = 0
            while offset < bytes.count {
                last = last << 8 | UInt64(unsafe bytes[offset])
                offset &+= 1
            }
            hash.combine(last)
            return hash
        }
    }

    init() {}
}

/// Hashes of what one profile's rows refer to, each made once.
struct ContentHashes {
    private let strings: [String]
    private let images: [Image]
    private let frames: [Frame]
    private let parents: [StackID]
    private let leaves: [FrameID]

    private var stringHashes: [ContentHash?]
    private var imageHashes: [ContentHash?]
    private var frameHashes: [ContentHash?]
    private var stackHashes: [ContentHash?]
    private var pending: [StackID] = []

    init(_ profile: Profile) {
        strings = profile.strings.strings
        images = profile.images
        frames = profile.frames
        parents = profile.stacks.parents
        leaves = profile.stacks.frames
        stringHashes = Array(repeating: nil, count: strings.count)
        imageHashes = Array(repeating: nil, count: images.count)
        frameHashes = Array(repeating: nil, count: frames.count)
        stackHashes = Array(repeating: nil, count: parents.count)
        stackHashes[0] = ContentHash()
    }

    /// O(1) on average.
    mutating func hash(_ stack: StackID) -> ContentHash {
        var current = stack
        var known = stackHashes[Int(current.rawValue)]
        while known == nil {
            pending.append(current)
            current = parents[Int(current.rawValue)]
            known = stackHashes[Int(current.rawValue)]
        }
        var hash = known ?? ContentHash()
        while let next = pending.popLast() {
            hash.combine(self.hash(leaves[Int(next.rawValue)]))
            stackHashes[Int(next.rawValue)] = hash
        }
        return hash
    }

    private mutating func hash(_ id: FrameID) -> ContentHash {
        if let known = frameHashes[Int(id.rawValue)] { return known }
        let frame = frames[Int(id.rawValue)]
        var hash = hash(frame.name)
        hash.combine(self.hash(frame.fullName))
        hash.combine(self.hash(frame.file))
        hash.combine(UInt64(frame.line) << 8 | UInt64(StoredFrameKind.byte(frame)))
        hash.combine(frame.address)
        if let image = frame.image { hash.combine(self.hash(image)) }
        frameHashes[Int(id.rawValue)] = hash
        return hash
    }

    private mutating func hash(_ id: ImageID) -> ContentHash {
        if let known = imageHashes[Int(id.rawValue)] { return known }
        let image = images[Int(id.rawValue)]
        var hash = ContentHash(image.path)
        hash.combine(ContentHash(image.buildID))
        for number in [image.start, image.end, image.bias, image.fileOffset] { hash.combine(number) }
        imageHashes[Int(id.rawValue)] = hash
        return hash
    }

    private mutating func hash(_ id: StringID) -> ContentHash {
        if let known = stringHashes[Int(id.rawValue)] { return known }
        let hash = ContentHash(strings[Int(id.rawValue)])
        stringHashes[Int(id.rawValue)] = hash
        return hash
    }
}
