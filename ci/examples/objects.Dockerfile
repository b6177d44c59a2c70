# The slim image with the objects of a fleet in it. The context is the directory of the objects:
#   docker build --file ci/examples/objects.Dockerfile --tag tracee-fleet objects
ARG BASE=tracee:slim
FROM $BASE
COPY --chown=0:0 . /usr/lib/tracee/objects/
ENV TRACEE_INSTALL_PATH=/usr/lib/tracee/objects
