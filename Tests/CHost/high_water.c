// Runs a program and tells how much memory it had at most: VmHWM, which the kernel counts, read when the program is about
// to end. Its exit status is the program's.
//   high_water FILE PROGRAM ARGUMENTS...     FILE gets KiB resident, and KiB of that which no file backs
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static long field(pid_t process, const char *name) {
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%d/status", process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, name, strlen(name))) value = strtol(line + strlen(name), NULL, 10);
    if (file) fclose(file);
    return value;
}

int main(int count, char **words) {
    if (count < 3) return 2;
    pid_t process = fork();
    if (process == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(words[2], words + 2);
        perror(words[2]);
        _exit(127);
    }
    int status;
    if (waitpid(process, &status, 0) < 0 || !WIFSTOPPED(status)) return 126;
    ptrace(PTRACE_SETOPTIONS, process, NULL, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
    for (int signal = 0;;) {
        ptrace(PTRACE_CONT, process, NULL, (void *)(long)signal);
        if (waitpid(process, &status, 0) < 0) return 126;
        if (WIFEXITED(status)) return WEXITSTATUS(status);
        if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
        signal = WSTOPSIG(status);
        if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
            FILE *file = fopen(words[1], "w");
            if (file) {
                fprintf(file, "%ld %ld\n", field(process, "VmHWM:"), field(process, "RssAnon:"));
                fclose(file);
            }
            signal = 0;
        }
    }
}
