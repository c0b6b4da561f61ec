// What Tools/bench json holds the pick against: the same six fields by simdjson's on-demand interface, in the order of the documents,
// nothing built of the strings. Compiled for this processor.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace simdjson;

static double seconds() {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

int main(int count, char **arguments) {
    if (count != 2) { return 2; }
    std::ifstream input(arguments[1]);
    std::string text((std::istreambuf_iterator<char>(input)), {});
    size_t length = text.size();
    text.resize(length + SIMDJSON_PADDING);
    std::vector<padded_string_view> documents;
    size_t size = 0;
    for (size_t start = 0; start < length;) {
        size_t end = std::min(text.find('\n', start), length);
        documents.emplace_back(text.data() + start, end - start, text.size() - start);
        size += end - start;
        start = end + 1;
    }
    ondemand::parser parser;
    auto pick = [&](size_t &sum) -> error_code {
        for (const auto &each : documents) {
            ondemand::document document;
            SIMDJSON_TRY(parser.iterate(each).get(document));
            ondemand::object object;
            SIMDJSON_TRY(document.get_object().get(object));
            // Some documents lack a field.
            std::string_view string;
            for (const char *name : {"id", "name", "version", "section"}) {
                if (object[name].get_string().get(string) == SUCCESS) { sum += string.size(); }
            }
            if (object["description"]["short"].get_string().get(string) == SUCCESS) { sum += string.size(); }
            int64_t integer;
            if (object["size"]["installed_kib"].get_int64().get(integer) == SUCCESS) {
                sum += static_cast<size_t>(integer & 0xFF);
            }
        }
        return SUCCESS;
    };
    std::vector<double> rounds;
    for (int round = 0; round < 15; round++) {
        double start = seconds();
        size_t sum = 0;
        for (int pass = 0; pass < 20; pass++) {
            if (pick(sum) != SUCCESS || sum == 0) { return 1; }
        }
        rounds.push_back((seconds() - start) / 20);
    }
    std::sort(rounds.begin(), rounds.end());
    std::printf("json.simdjson: %.3f GB/s\n", static_cast<double>(size) / rounds[rounds.size() / 2] / 1e9);
}
