// The bare cost of running a command: floor COUNT PROGRAM ARGUMENTS... starts it COUNT times by posix_spawn(3), one after the
// other, reads its output to the end, reaps it, and prints the milliseconds of each run.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what, int error) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(error));
    exit(1);
}

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void run(char *const argv[]) {
    char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe2", errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    pid_t pid;
    int error = posix_spawn(&pid, argv[0], &actions, NULL, argv, environment);
    if (error != 0) fail(argv[0], error);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char output[65536];
    while (read(ends[0], output, sizeof output) > 0) continue;
    close(ends[0]);
    int status;
    if (waitpid(pid, &status, 0) != pid || status != 0) fail(argv[0], errno);
}

int main(int argc, char *argv[]) {
    if (argc < 3) fail("wanted COUNT PROGRAM", EINVAL);
    for (int left = atoi(argv[1]); left > 0; left--) {
        double began = now_ms();
        run(argv + 2);
        printf("%.4f\n", now_ms() - began);
    }
    return 0;
}
