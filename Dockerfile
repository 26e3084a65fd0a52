# tagscan with a browser. Chrome's sandbox needs user namespaces: run with the seccomp profile of your container runtime
# that allows them, or give the profile that `tagscan doctor` names. tagscan refuses to run without the sandbox.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /tagscan ./cmd/tagscan

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core fonts-noto-core ca-certificates \
    && rm -rf /var/lib/apt/lists/* && useradd --create-home --uid 10001 tagscan && install -d -o tagscan /out
COPY --from=build /tagscan /usr/local/bin/tagscan
USER tagscan
WORKDIR /out
ENTRYPOINT ["tagscan"]
CMD ["--help"]
