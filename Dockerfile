# One image for every part of a larger farm; docker-compose.yml says which part runs.
FROM python:3.12-slim

WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY config config
COPY farm farm
COPY workers workers
RUN pip install --no-cache-dir -c constraints.txt . && rm -rf /src/*

RUN useradd --create-home farm && mkdir /storage /media && chown farm /storage /media
USER farm
WORKDIR /media
ENV FARM_STORAGE=/storage FARM_MEDIA_ROOTS='["/media"]'
ENTRYPOINT ["farm"]
CMD ["--help"]
