"""The parts of placing a timeline: clips and cuts of a track, picture, sound."""
