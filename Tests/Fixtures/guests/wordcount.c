// Counts lines, words and bytes of each file, or of standard input, and names the most frequent words.
// The table of words lives in the C library's heap, so that a memory report has something to show.
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Word {
    struct Word *next;
    unsigned count;
    char text[];
} Word;

enum { buckets = 1024, longest = 63, shown = 5 };
static Word *table[buckets];
static unsigned long lines, words, bytes;

static void remember(const char *text, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    Word **place = &table[hash % buckets];
    for (; *place; place = &(*place)->next) {
        if (!strncmp((*place)->text, text, length) && !(*place)->text[length]) {
            (*place)->count++;
            return;
        }
    }
    Word *word = malloc(sizeof *word + length + 1);
    if (!word) {
        fputs("wordcount: out of memory\n", stderr);
        exit(2);
    }
    word->next = NULL;
    word->count = 1;
    memcpy(word->text, text, length);
    word->text[length] = 0;
    *place = word;
}

static void count(FILE *file) {
    char word[longest + 1];
    size_t length = 0;
    for (int byte; (byte = getc(file)) != EOF;) {
        bytes++;
        if (byte == '\n') lines++;
        if (isalnum(byte) || byte == '\'') {
            if (length < longest) word[length++] = (char)tolower(byte);
        } else if (length) {
            words++;
            remember(word, length);
            length = 0;
        }
    }
    if (length) {
        words++;
        remember(word, length);
    }
}

// Falling count, then the alphabet: the output does not depend on the hash.
static int precedes(const Word *one, const Word *other) {
    return one->count != other->count ? one->count > other->count : strcmp(one->text, other->text) < 0;
}

int main(int argc, char **argv) {
    if (argc < 2) count(stdin);
    for (int index = 1; index < argc; index++) {
        FILE *file = fopen(argv[index], "r");
        if (!file) {
            perror(argv[index]);
            return 1;
        }
        count(file);
        fclose(file);
    }
    printf("%lu lines, %lu words, %lu bytes\n", lines, words, bytes);
    const Word *before = NULL;
    for (int rank = 0; rank < shown; rank++) {
        const Word *best = NULL;
        for (int bucket = 0; bucket < buckets; bucket++) {
            for (const Word *word = table[bucket]; word; word = word->next) {
                if (before && !precedes(before, word)) continue;
                if (!best || precedes(word, best)) best = word;
            }
        }
        if (!best) break;
        printf("%6u %s\n", best->count, best->text);
        before = best;
    }
    return 0;
}
