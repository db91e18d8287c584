"""Carries companies through steps: planning, claiming, executing, finishing, reaping; django-q2 only rings the bell."""
