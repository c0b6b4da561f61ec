/// Makes a vocabulary of pieces from texts: the marks, every character alone and going on a word, then words and ends of words
/// by how often they are met. Plain counting, so that it is the same for the same texts; no more is wanted of a model that has
/// learnt nothing.
public struct SeededVocabulary: Sendable {
    private var words: [[UInt8]: Int] = [:]
    private let tokenizer = BasicTokenizer()

    public init() {}

    /// Counts the words of a text. O(length).
    public mutating func add(_ text: String) {
        tokenizer.forEachWord(of: text) { word in
            words[Array(word), default: 0] += 1
            return true
        }
    }

    /// A vocabulary without a corpus: of some words of English and of computing, and letters of other languages.
    public static func builtIn(size: Int) -> [String] {
        var vocabulary = Self()
        vocabulary.add(SeededWords.text)
        return vocabulary.pieces(size: size)
    }

    /// The lines of `vocab.txt`, at most `size` of them where the characters take fewer.
    public func pieces(size: Int) -> [String] {
        var characters: Set<Unicode.Scalar> = []
        var ends: [String: Int] = [:]
        var whole: [String: Int] = [:]
        for byte in UInt8(0x21)...0x7E where !(0x41...0x5A).contains(byte) { characters.insert(Unicode.Scalar(byte)) }
        for (word, count) in words {
            let scalars = Array(String(decoding: word, as: UTF8.self).unicodeScalars)
            characters.formUnion(scalars)
            // The longest are addresses and hashes, which are met once.
            guard (2...24).contains(scalars.count) else { continue }
            whole[String(String.UnicodeScalarView(scalars)), default: 0] += count
            for length in 2...6 where length < scalars.count {
                ends["##" + String(String.UnicodeScalarView(scalars.suffix(length))), default: 0] += count
            }
        }
        var pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        let alone = characters.sorted().map { String(Character($0)) }
        pieces += alone
        pieces += alone.map { "##" + $0 }
        // Three in four are words.
        let room = max(0, size - pieces.count)
        let found = Self.most(whole, room * 3 / 4)
        pieces += found
        pieces += Self.most(ends, room - found.count)
        return pieces
    }

    /// The most frequent, equal ones by their bytes: strings compare by Unicode's rules, which change with its version.
    private static func most(_ counts: [String: Int], _ count: Int) -> [String] {
        let sorted = counts.sorted { left, right in
            left.value == right.value
                ? left.key.utf8.lexicographicallyPrecedes(right.key.utf8) : left.value > right.value
        }
        return sorted.prefix(count).map(\.key)
    }
}

/// What the vocabulary without a corpus is made of.
enum SeededWords {
    static let text = """
        the of and to a in is for that this with on as by it are be from or an at can not which has have will all one \
        more other use used using into than its also when but may most some such each any only over between after before \
        where how what there their then them these those time way many first new old two three small large long short \
        high low good fast slow open close free full empty same different simple common general special local remote \
        user system file files folder name data text line word number list table set map key value type class object \
        function method program package library tool tools server client service network web page browser mail message \
        address host port protocol request response stream socket packet database query index search find sort filter \
        read write print show display view edit editor editing make build compile compiler run running test testing \
        debug debugger profile profiler sample stack frame memory cache disk device driver kernel process thread task \
        event signal timer clock log logging error warning failure check verify sign key encrypt decrypt hash password \
        image picture color font video audio sound music play player record recording game games graph graphics plot \
        draw drawing chart measure measured measurement science scientific math mathematics matrix vector algebra \
        statistics model language languages English German French Spanish Japanese Chinese Korean Russian translation \
        documentation manual header headers development support interface module plugin extension binding bindings \
        python perl ruby java rust swift shell script scripts command terminal window desktop menu button configuration \
        option options version release update upgrade install installer distribution source code license format parse \
        parser convert converter archive compress compression backup copy move remove create delete change manage \
        manager management administration analysis analyze simulation simulator engine framework application \
        applications utility utilities collection generator generate transform implementation implement abstract
        café naïve übung straße señor façade crème brûlée résumé ångström œuvre ß æ ø đ ł
        日本語 中文 漢字 東京 北京 こんにちは カタカナ 한국어 안녕 привет мир программа γεια σας κόσμος שלום مرحبا नमस्ते
        € £ ± × ÷ → … – — “ ” ‘ ’ « » ° 😀 🚀
        """
}
