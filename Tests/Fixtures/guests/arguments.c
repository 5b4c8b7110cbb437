// A program without a library, for hosts that call its main: it has no heap of its own, so that its arguments need one.

// 1000 for each argument and 1 for each of their characters; negative where the list has no end.
int main(int argc, char **argv) {
    int result = argc * 1000;
    for (int i = 0; i < argc; i++)
        for (const char *text = argv[i]; *text; text++) result++;
    return argv[argc] ? -1 : result;
}
