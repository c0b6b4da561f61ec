#include "Setup.h"

#include <elf.h>
#include <link.h>
#include <string.h>

struct visit {
    int (*function)(const struct hearth_image *, void *);
    void *context;
};

static void find_build_id(struct hearth_image *image, const ElfW(Phdr) *notes, uintptr_t bias) {
    const uint8_t *at = (const uint8_t *)(bias + notes->p_vaddr);
    const uint8_t *end = at + notes->p_memsz;
    while (end - at >= (ptrdiff_t)sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
        size_t name = (note->n_namesz + 3u) & ~(size_t)3, description = (note->n_descsz + 3u) & ~(size_t)3;
        if ((size_t)(end - at) < sizeof *note + name + description) return;
        const uint8_t *content = at + sizeof *note;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(content, "GNU", 4) == 0) {
            image->build_id = content + name;
            image->build_id_size = note->n_descsz;
            return;
        }
        at = content + name + description;
    }
}

/// .eh_frame_hdr begins with a version, three encodings and the distance to .eh_frame; every linker writes the distance
/// as 32 bits from where it stands.
static uintptr_t find_eh_frame(uintptr_t header, size_t size) {
    const uint8_t *bytes = (const uint8_t *)header;
    int32_t distance;
    if (size < 8 || bytes[0] != 1 || bytes[1] != 0x1b) return 0;
    memcpy(&distance, bytes + 4, sizeof distance);
    return header + 4 + (uintptr_t)(intptr_t)distance;
}

static int visit_one(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    struct visit *visit = context;
    struct hearth_image image = {.path = info->dlpi_name ? info->dlpi_name : "", .bias = info->dlpi_addr};
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[index];
        uintptr_t start = info->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
        if (header->p_type == PT_LOAD && header->p_flags & PF_X) {
            // Several executable segments become one range: what lies between belongs to nobody else.
            if (image.text_start == 0 || start < image.text_start) {
                image.text_start = start;
                image.text_file_offset = header->p_offset;
            }
            if (end > image.text_end) image.text_end = end;
        } else if (header->p_type == PT_GNU_EH_FRAME) {
            image.eh_frame = find_eh_frame(start, header->p_memsz);
        } else if (header->p_type == PT_NOTE && !image.build_id) {
            find_build_id(&image, header, info->dlpi_addr);
        }
    }
    for (int index = 0; image.eh_frame && index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[index];
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_LOAD && image.eh_frame >= start && image.eh_frame < start + header->p_filesz) {
            image.eh_frame_end = start + header->p_filesz;
        }
    }
    if (image.eh_frame_end == 0) image.eh_frame = 0;
    return image.text_start ? visit->function(&image, visit->context) : 0;
}

void hearth_images_visit(int (*function)(const struct hearth_image *, void *), void *context) {
    struct visit visit = {function, context};
    dl_iterate_phdr(visit_one, &visit);
}

static int read_version(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    *(uint64_t *)context = info->dlpi_adds + info->dlpi_subs;
    return 1;
}

uint64_t hearth_images_version(void) {
    uint64_t version = 0;
    dl_iterate_phdr(read_version, &version);
    return version;
}
